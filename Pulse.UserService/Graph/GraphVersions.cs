using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.UserService.Graph;

/// <summary>
/// The published key <see cref="UserKeys.GraphVersion"/>: forgotten before a change commits, set after it, set again by the
/// relay. All best effort: without the key readers ask this service, and they ask every 5 seconds even with it.
/// </summary>
internal sealed class GraphVersions(RedisCircuit redis)
{
    // Commits and their sets may overtake each other: only a version that is not older may stand there.
    private const string SetIfNotOlder =
        """
        local current = redis.call('GET', KEYS[1])
        if not current or tonumber(current) <= tonumber(ARGV[1]) then
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        end
        return 0
        """;

    private static readonly RedisValue LifetimeMilliseconds = (long)UserKeys.GraphVersionLifetime.TotalMilliseconds;

    /// <summary>From here until the next set nobody trusts a cached snapshot.</summary>
    public Task ForgetAsync(IReadOnlyCollection<UserId> users, CancellationToken ct) =>
        redis.TryRunAsync(db => Task.WhenAll(users.Select(user => db.KeyDeleteAsync(UserKeys.GraphVersion(user)))), ct);

    public Task PublishAsync(UserId user, long version, CancellationToken ct) =>
        PublishAsync([new KeyValuePair<UserId, long>(user, version)], ct);

    /// <summary>Publishes many in one round trip.</summary>
    public Task PublishAsync(IReadOnlyCollection<KeyValuePair<UserId, long>> versions, CancellationToken ct) =>
        redis.TryRunAsync(
            db => Task.WhenAll(versions.Select(entry => db.ScriptEvaluateAsync(
                SetIfNotOlder, [UserKeys.GraphVersion(entry.Key)], [entry.Value, LifetimeMilliseconds]))),
            ct);
}
