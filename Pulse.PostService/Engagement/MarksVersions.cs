using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.PostService.Engagement;

/// <summary>
/// The version of what a user has liked, reposted and bookmarked, by which readers know whether what they remember of it is still true. A change
/// raises it in its transaction, forgets the published one before the commit, and publishes the new one after it. It also notes that the new one is to
/// be published: <see cref="MarksKeeper"/> repeats that, for those who died in between or missed Redis.
/// </summary>
internal sealed class MarksVersions(PostDbContext db, RedisCircuit redis)
{
    /// <summary>Versions published at a time; within a caller's patience with Redis.</summary>
    internal const int MaxUsers = 500;

    // Of two changes at once the later version stays, whoever writes last.
    private const string SetIfGreater =
        """
        local current = redis.call('GET', KEYS[1])
        if current and tonumber(current) >= tonumber(ARGV[1]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """;

    /// <summary>The version as of now; 0 for who has never done anything.</summary>
    public async Task<long> ReadAsync(UserId user, CancellationToken ct) =>
        (await db.Database.SqlQuery<long>($"SELECT version AS \"Value\" FROM marks_versions WHERE user_id = {user.Value}").ToListAsync(ct)).SingleOrDefault();

    /// <summary>Call in the transaction of a change, as the last thing before its commit: the row is held until its end.</summary>
    public async Task<long> RaiseAsync(UserId user, CancellationToken ct)
    {
        var version = (await db.Database.SqlQuery<long>(
            $"""
            INSERT INTO marks_versions AS m (user_id, version, unpublished_since) VALUES ({user.Value}, 1, now())
            ON CONFLICT (user_id) DO UPDATE SET version = m.version + 1, unpublished_since = coalesce(m.unpublished_since, now()) RETURNING version AS "Value"
            """).ToListAsync(ct)).Single();
        await redis.TryRunAsync(cache => cache.KeyDeleteAsync(PostKeys.MarksVersion(user)), ct);
        return version;
    }

    /// <summary>Call after the commit, and after a read of the version.</summary>
    public Task<bool> PublishAsync(UserId user, long version, CancellationToken ct) => redis.TryRunAsync(cache => Publish(cache, user, version), ct);

    /// <summary>Publishes again what was raised since the last call of anybody.</summary>
    /// <returns>How many versions; none while Redis is away.</returns>
    public async Task<int> RepublishAsync(CancellationToken ct)
    {
        var rows = await db.Database.SqlQuery<Unpublished>(
            $"""
            SELECT user_id AS "User", version AS "Version" FROM marks_versions
            WHERE unpublished_since IS NOT NULL ORDER BY unpublished_since LIMIT {MaxUsers}
            """).ToListAsync(ct);
        if (rows.Count == 0 || !await redis.TryRunAsync(cache => Task.WhenAll(rows.Select(row => Publish(cache, new UserId(row.User), row.Version))), ct)) return 0;

        long[] users = [.. rows.Select(row => row.User)];
        long[] versions = [.. rows.Select(row => row.Version)];
        // One that is in other hands is being raised.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE marks_versions m SET unpublished_since = NULL
            FROM (
                SELECT k.user_id FROM unnest({users}, {versions}) u(id, version) JOIN marks_versions k ON k.user_id = u.id AND k.version = u.version
                FOR UPDATE OF k SKIP LOCKED) published
            WHERE m.user_id = published.user_id
            """,
            ct);
        return rows.Count;
    }

    private static Task Publish(IDatabase cache, UserId user, long version) =>
        cache.ScriptEvaluateAsync(SetIfGreater, [PostKeys.MarksVersion(user)], [version, (long)PostKeys.MarksVersionLifetime.TotalMilliseconds]);

    private sealed record Unpublished(long User, long Version);
}
