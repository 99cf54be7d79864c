using System.Globalization;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.TimelineService.Rules;

/// <summary>The published versions of what is remembered of a viewer; null for one that Redis does not know, or cannot be trusted to.</summary>
/// <param name="Graph">Of his graph.</param>
/// <param name="Marks">Of what he has liked, reposted and bookmarked.</param>
/// <param name="IsCacheAway">Redis did not answer.</param>
internal readonly record struct ViewerVersions(long? Graph, long? Marks, bool IsCacheAway)
{
    // As long as an unconfirmed graph is trusted: in that time the owners may have failed to say that something changed.
    private static readonly TimeSpan UnheardTime = TimeSpan.FromSeconds(5);

    /// <summary>For paths that have no other round trip for them to ride with.</summary>
    public static async Task<ViewerVersions> ReadAsync(RedisCircuit redis, UserId viewer, CancellationToken ct)
    {
        try
        {
            RedisKey[] keys = [UserKeys.GraphVersion(viewer), PostKeys.MarksVersion(viewer)];
            var values = await redis.RunAsync(db => db.StringGetAsync(keys), ct);
            return redis.FailedWithin(UnheardTime) ? default : new ViewerVersions(Version(values[0]), Version(values[1]), IsCacheAway: false);
        }
        catch (DependencyUnavailableException)
        {
            return new ViewerVersions(Graph: null, Marks: null, IsCacheAway: true);
        }
    }

    private static long? Version(RedisValue value) =>
        long.TryParse((string?)value, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
