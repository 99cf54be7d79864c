using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.PostService.Posts;

/// <summary>
/// The keys <c>p:*</c>, which this service alone writes. A tombstone goes over anything and a snapshot over nothing, so
/// a fill that read before a delete committed cannot bring the post back.
/// </summary>
internal sealed class PostCache(RedisCircuit redis)
{
    /// <summary>Longer than any commit takes; short, because a process that dies before its commit leaves it behind.</summary>
    internal static readonly TimeSpan EarlyTombstoneLifetime = TimeSpan.FromSeconds(30);

    private static readonly byte[] Tombstone = PostSnapshot.Tombstone.ToArray();

    // The early and the late tombstone are the same bytes; only the early one has so little time left. A second delete at
    // the same time must neither shorten nor remove the late one of the first.
    private const string SetEarlyTombstone =
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('PTTL', KEYS[1]) <= tonumber(ARGV[2]) then
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        end
        return 0
        """;

    private const string RemoveEarlyTombstone =
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PTTL', KEYS[1]) <= tonumber(ARGV[2]) then
            return redis.call('DEL', KEYS[1])
        end
        return 0
        """;

    // Over a snapshot that is older or not there; over a tombstone never, and of two edits at once the later one stays.
    private const string ReplaceSnapshot =
        """
        local current = redis.call('GET', KEYS[1])
        if current == ARGV[1] then return 0 end
        if current and (cjson.decode(current).revision or 0) > tonumber(ARGV[3]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
        return 1
        """;

    // Counts are only ever replaced by later ones: version:likes:reposts:replies.
    private const string RaiseCounts =
        """
        local current = redis.call('GET', KEYS[1])
        if current and tonumber(string.match(current, '^%d+')) >= tonumber(ARGV[1]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """;

    // The same for those that are there: a round of all posts must not bring back what nobody reads.
    private const string RenewCounts =
        """
        local current = redis.call('GET', KEYS[1])
        if not current or tonumber(string.match(current, '^%d+')) >= tonumber(ARGV[1]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """;

    /// <summary>Puts a new id on top of its author's own tail.</summary>
    public async Task AddToSelfAsync(UserId author, PostId id, CancellationToken ct)
    {
        if (await redis.TryRunAsync(db => AddToSelf(db, author, id, CommandFlags.None), ct)) return;

        // Redis may well answer the author's next read, which would miss the post: its circuit is not this one.
        redis.Send(db => _ = AddToSelf(db, author, id, CommandFlags.FireAndForget));
    }

    /// <summary>Writes the snapshots and counts that are not there.</summary>
    public Task FillAsync(IReadOnlyCollection<PostSnapshot> posts, IReadOnlyCollection<PostCounts> counts, CancellationToken ct) => posts.Count == 0
        ? Task.CompletedTask
        : redis.TryRunAsync(
            db => Task.WhenAll(
                [
                    .. posts.Select(post => db.StringSetAsync(PostKeys.Snapshot(post.Id), post.Encode(), PostKeys.SnapshotLifetime, When.NotExists)),
                    .. counts.Select(count => db.StringSetAsync(PostKeys.Counts(count.Id), count.Encode(), PostKeys.SnapshotLifetime, When.NotExists)),
                ]),
            ct);

    /// <summary>Writes the snapshots of edited posts over older ones.</summary>
    /// <returns>Whether it was done.</returns>
    public Task<bool> ReplaceAsync(IReadOnlyCollection<PostSnapshot> posts, CancellationToken ct) => redis.TryRunAsync(
        db => Task.WhenAll(posts.Select(post => db.ScriptEvaluateAsync(
            ReplaceSnapshot, [PostKeys.Snapshot(post.Id)], [Tombstone, post.Encode(), post.Revision, (long)PostKeys.SnapshotLifetime.TotalMilliseconds]))),
        ct);

    /// <summary>Writes counts over older ones.</summary>
    /// <returns>Whether it was done.</returns>
    public Task<bool> RaiseAsync(IReadOnlyCollection<PostCounts> counts, CancellationToken ct) => WriteCountsAsync(RaiseCounts, counts, ct);

    /// <summary>Writes counts over older ones that are there.</summary>
    /// <returns>Whether it was done.</returns>
    public Task<bool> RenewAsync(IReadOnlyCollection<PostCounts> counts, CancellationToken ct) => WriteCountsAsync(RenewCounts, counts, ct);

    /// <summary>Hides a post whose delete is about to commit.</summary>
    public Task BuryEarlyAsync(PostId id, CancellationToken ct) => ScriptAsync(SetEarlyTombstone, id, ct);

    /// <summary>Shows the post again: its delete did not commit. A tombstone of a delete that did stays.</summary>
    public Task UnburyAsync(PostId id, CancellationToken ct) => ScriptAsync(RemoveEarlyTombstone, id, ct);

    /// <summary>Hides posts whose delete has committed.</summary>
    /// <returns>Whether it was done.</returns>
    public Task<bool> BuryAsync(IReadOnlyCollection<PostId> ids, CancellationToken ct) =>
        redis.TryRunAsync(
            db => Task.WhenAll(ids.Select(id => db.StringSetAsync(PostKeys.Snapshot(id), Tombstone, PostKeys.SnapshotLifetime))),
            ct);

    /// <summary>Removes the keys of an author: he is gone.</summary>
    /// <returns>Whether it was done.</returns>
    public Task<bool> ForgetAuthorAsync(UserId author, CancellationToken ct) =>
        redis.TryRunAsync(db => db.KeyDeleteAsync([PostKeys.Self(author), PostKeys.MarksVersion(author)]), ct);

    private static Task AddToSelf(IDatabase db, UserId author, PostId id, CommandFlags flags)
    {
        RedisKey key = PostKeys.Self(author);
        return Task.WhenAll(
            db.ListLeftPushAsync(key, Snowflake.ToBytes(id.Value), flags: flags),
            db.ListTrimAsync(key, 0, PostKeys.SelfCapacity - 1, flags),
            db.KeyExpireAsync(key, PostKeys.SelfLifetime, flags: flags));
    }

    private Task<bool> WriteCountsAsync(string script, IReadOnlyCollection<PostCounts> counts, CancellationToken ct) => redis.TryRunAsync(
        db => Task.WhenAll(counts.Select(count => db.ScriptEvaluateAsync(
            script, [PostKeys.Counts(count.Id)], [count.Version, count.Encode(), (long)PostKeys.SnapshotLifetime.TotalMilliseconds]))),
        ct);

    private Task ScriptAsync(string script, PostId id, CancellationToken ct) =>
        redis.TryRunAsync(
            db => db.ScriptEvaluateAsync(script, [PostKeys.Snapshot(id)], [Tombstone, (long)EarlyTombstoneLifetime.TotalMilliseconds]),
            ct);
}
