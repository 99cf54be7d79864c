using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.ServiceDefaults.Redis;

namespace Pulse.PostService.Engagement;

/// <summary>
/// The version of what a user has liked, reposted and bookmarked, by which readers know whether what they remember of it is still true. A change
/// raises it in its transaction, forgets the published one before the commit, and publishes the new one after it.
/// </summary>
internal sealed class MarksVersions(PostDbContext db, RedisCircuit redis)
{
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
            INSERT INTO marks_versions AS m (user_id, version) VALUES ({user.Value}, 1)
            ON CONFLICT (user_id) DO UPDATE SET version = m.version + 1 RETURNING version AS "Value"
            """).ToListAsync(ct)).Single();
        await redis.TryRunAsync(cache => cache.KeyDeleteAsync(PostKeys.MarksVersion(user)), ct);
        return version;
    }

    /// <summary>Call after the commit, and after a read of the version.</summary>
    public Task<bool> PublishAsync(UserId user, long version, CancellationToken ct) => redis.TryRunAsync(
        cache => cache.ScriptEvaluateAsync(SetIfGreater, [PostKeys.MarksVersion(user)], [version, (long)PostKeys.MarksVersionLifetime.TotalMilliseconds]),
        ct);
}
