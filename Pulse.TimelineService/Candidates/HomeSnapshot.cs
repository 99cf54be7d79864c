using System.Globalization;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Redis;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;
using StackExchange.Redis;

namespace Pulse.TimelineService.Candidates;

/// <summary>What one round trip tells of a viewer.</summary>
/// <param name="Home">His home list.</param>
/// <param name="Own">His own newest posts.</param>
/// <param name="GraphVersion">The version of his graph, null when Redis does not know it.</param>
/// <param name="PullersVersion">The version of the set of pull authors, null when Redis does not know it.</param>
/// <param name="MarksVersion">The version of what he has liked, reposted and bookmarked, null when Redis does not know it.</param>
internal sealed record HomeSnapshot(TimelineList Home, long[] Own, long? GraphVersion, long? PullersVersion, long? MarksVersion);

/// <summary>Reads the lists of the timeline slice.</summary>
internal sealed class CachedTimelines(RedisCircuit redis, RedisIncarnation incarnation)
{
    /// <inheritdoc cref="RedisCircuit.FailedWithin"/>
    public bool FailedWithin(TimeSpan time) => redis.FailedWithin(time);

    public async Task<HomeSnapshot> HomeAsync(UserId viewer, CancellationToken ct)
    {
        var life = await incarnation.CurrentAsync(ct);
        return await redis.RunAsync(
            async db =>
            {
                var home = db.ListRangeAsync(TimelineKeys.Home(viewer));
                var own = db.ListRangeAsync(PostKeys.Self(viewer));
                var graph = db.StringGetAsync(UserKeys.GraphVersion(viewer));
                var pullers = db.StringGetAsync(TimelineKeys.Pullers);
                var marks = db.StringGetAsync(PostKeys.MarksVersion(viewer));
                return new HomeSnapshot(TimelineList.Parse(await home, life), OwnIds(await own), Version(await graph), Version(await pullers), Version(await marks));
            },
            ct);
    }

    public async Task<TimelineList> ListAsync(string key, CancellationToken ct)
    {
        var life = await incarnation.CurrentAsync(ct);
        return TimelineList.Parse(await redis.RunAsync(db => db.ListRangeAsync(key), ct), life);
    }

    public async Task<TimelineList[]> TailsAsync(IReadOnlyList<UserId> authors, CancellationToken ct)
    {
        if (authors.Count == 0) return [];

        var life = await incarnation.CurrentAsync(ct);
        var lists = await redis.RunAsync(db => Task.WhenAll(authors.Select(author => db.ListRangeAsync(TimelineKeys.Pull(author)))), ct);
        return Array.ConvertAll(lists, list => TimelineList.Parse(list, life));
    }

    /// <summary>A read keeps a warm list alive. Not an open one: that has to end with its rebuilder.</summary>
    public Task KeepAsync(string key, TimeSpan lifetime, CancellationToken ct) => redis.TryRunAsync(
        db => db.KeyExpireAsync(key, lifetime, CommandFlags.FireAndForget),
        ct);

    private static long[] OwnIds(RedisValue[] elements) => TimelineList.NewestFirst(
        [.. elements.Select(element => (byte[]?)element).Where(bytes => bytes is { Length: Snowflake.ByteLength }).Select(bytes => Snowflake.FromBytes(bytes))]);

    private static long? Version(RedisValue value) =>
        long.TryParse((string?)value, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
