using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Internal;
using Pulse.Timelines.Data;

namespace Pulse.Timelines.Refilling;

/// <summary>Brings <c>author_posts</c> to what the owner of the posts says. A post that stands keeps its mode, a delete is never taken back.</summary>
public sealed class PostRefill(NpgsqlDataSource source)
{
    /// <summary>Records those of <paramref name="posts"/> that are missing, in the mode that their authors' followers ask for.</summary>
    public async Task ApplyAsync(IReadOnlyList<OwnedPost> posts, long pushFollowerLimit, CancellationToken ct)
    {
        var states = await StatesAsync([.. posts.Select(post => post.AuthorId.Value).Distinct()], ct);
        var modes = posts.Select(post => !post.Deleted && states.TryGetValue(post.AuthorId.Value, out var state) ? FanoutPlan.Decide(state, pushFollowerLimit) : FanoutMode.Push);

        await using var command = source.CreateCommand(
            """
            INSERT INTO author_posts AS p (author_id, post_id, mode, deleted)
            SELECT * FROM unnest($1, $2, $3, $4)
            ON CONFLICT (author_id, post_id) DO UPDATE SET deleted = true WHERE excluded.deleted AND NOT p.deleted
            RETURNING author_id, mode, deleted
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            Numbers(posts.Select(post => post.AuthorId.Value)),
            Numbers(posts.Select(post => post.Id.Value)),
            new() { Value = modes.Select(mode => (short)mode).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint },
            new() { Value = posts.Select(post => post.Deleted).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean },
        });
        HashSet<long> pulled = [];
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                if (reader.GetInt16(1) == (short)FanoutMode.Pull && !reader.GetBoolean(2)) pulled.Add(reader.GetInt64(0));
            }
        }

        if (pulled.Count > 0) await MarkPulledAsync(pulled, ct);
    }

    private async Task<Dictionary<long, AuthorState>> StatesAsync(long[] authors, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT author_id, followers, pulled FROM authors WHERE author_id = ANY($1)");
        command.Parameters.Add(Numbers(authors));
        await using var reader = await command.ExecuteReaderAsync(ct);
        Dictionary<long, AuthorState> states = [];
        while (await reader.ReadAsync(ct)) states[reader.GetInt64(0)] = new AuthorState(reader.GetInt64(1), reader.GetBoolean(2));
        return states;
    }

    private async Task MarkPulledAsync(IEnumerable<long> authors, CancellationToken ct)
    {
        await using var command = source.CreateCommand("UPDATE authors SET pulled = true WHERE author_id = ANY($1) AND NOT pulled");
        command.Parameters.Add(Numbers(authors));
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Numbers(IEnumerable<long> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
