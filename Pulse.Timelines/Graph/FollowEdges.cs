using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;

namespace Pulse.Timelines.Graph;

/// <summary>The projection of the follow graph: who gets an author's posts. Per edge the greatest version wins.</summary>
public sealed class FollowEdges(NpgsqlDataSource source)
{
    /// <returns>False when a newer version stands there.</returns>
    public Task<bool> ApplyAsync(UserFollowed follow, CancellationToken ct) =>
        ApplyAsync(follow.FolloweeId, follow.FollowerId, follow.Version, active: true, follow.Since, follow.Notify, ct);

    /// <returns>False when a newer version stands there.</returns>
    public Task<bool> ApplyAsync(UserUnfollowed unfollow, CancellationToken ct) =>
        ApplyAsync(unfollow.FolloweeId, unfollow.FollowerId, unfollow.Version, active: false, since: null, notify: false, ct);

    /// <summary>Streams an author's followers in order of id, a page at a time, so that a million of them fit in constant memory.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<long>> FollowersAsync(UserId author, int pageSize, CancellationToken ct) => StreamAsync(
        // One row with an array: a row of its own per follower costs both sides more than finding him.
        "SELECT ARRAY(SELECT follower FROM follow_edges WHERE followee = $1 AND follower > $2 AND active ORDER BY follower LIMIT $3)", author, pageSize, ct);

    /// <summary>Streams those of an author's followers who want to be told of every post of his, and reads no others.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<long>> NotifiedFollowersAsync(UserId author, int pageSize, CancellationToken ct) => StreamAsync(
        "SELECT ARRAY(SELECT follower FROM follow_edges WHERE followee = $1 AND follower > $2 AND notify ORDER BY follower LIMIT $3)", author, pageSize, ct);

    /// <summary>Whom a reader follows in the projection: what a feed goes by while the owner of the graph is away.</summary>
    public async Task<IReadOnlyList<Followee>> FolloweesAsync(UserId follower, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "SELECT followee, since FROM follow_edges WHERE follower = $1 AND active ORDER BY followee");
        command.Parameters.Add(new() { Value = follower.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Followee> followees = [];
        while (await reader.ReadAsync(ct)) followees.Add(new Followee(new UserId(reader.GetInt64(0)), reader.GetFieldValue<DateTimeOffset>(1)));
        return followees;
    }

    /// <summary>The follows of a reader that began or ended after a version of his graph, as far as their events have come.</summary>
    /// <returns>Who is followed since when; null for who is followed no more.</returns>
    public async Task<IReadOnlyDictionary<UserId, DateTimeOffset?>> ChangesAsync(UserId follower, long afterVersion, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "SELECT followee, CASE WHEN active THEN since END FROM follow_edges WHERE follower = $1 AND version > $2");
        command.Parameters.Add(new() { Value = follower.Value });
        command.Parameters.Add(new() { Value = afterVersion });
        await using var reader = await command.ExecuteReaderAsync(ct);
        Dictionary<UserId, DateTimeOffset?> changes = [];
        while (await reader.ReadAsync(ct)) changes[new UserId(reader.GetInt64(0))] = await reader.IsDBNullAsync(1, ct) ? null : reader.GetFieldValue<DateTimeOffset>(1);
        return changes;
    }

    private async Task<bool> ApplyAsync(UserId followee, UserId follower, long version, bool active, DateTimeOffset? since, bool notify, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO follow_edges AS e (followee, follower, version, active, since, notify) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (followee, follower) DO UPDATE
            SET version = excluded.version, active = excluded.active, since = excluded.since, notify = excluded.notify
            WHERE e.version <= excluded.version
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = followee.Value },
            new() { Value = follower.Value },
            new() { Value = version },
            new() { Value = active },
            new() { Value = (object?)since ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = notify },
        });
        return await command.ExecuteNonQueryAsync(ct) > 0;
    }

    private async IAsyncEnumerable<ReadOnlyMemory<long>> StreamAsync(string sql, UserId author, int pageSize, [EnumeratorCancellation] CancellationToken ct)
    {
        var after = 0L;
        while (true)
        {
            var page = await PageAsync(sql, author, after, pageSize, ct);
            if (page.Length > 0) yield return page;
            if (page.Length < pageSize) yield break;

            after = page.Span[^1];
        }
    }

    private async Task<ReadOnlyMemory<long>> PageAsync(string sql, UserId author, long after, int pageSize, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = author.Value }, new() { Value = after }, new() { Value = pageSize } });
        return (long[])(await command.ExecuteScalarAsync(ct))!;
    }
}
