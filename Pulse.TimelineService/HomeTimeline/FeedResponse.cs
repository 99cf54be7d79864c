using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;

namespace Pulse.TimelineService.HomeTimeline;

/// <summary>A page of a home timeline, with the truth about where it came from.</summary>
/// <param name="Posts">Newest first.</param>
/// <param name="NextCursor">Where the walk goes on; null at the end.</param>
/// <param name="HasMore">Whether anything older exists.</param>
/// <param name="Source">Where the ids of this page came from.</param>
/// <param name="CompleteSince">The least id from which on the cache answered completely ("0": everything); null when it did not answer, or when events lag, the graph is not confirmed or posts are left out.</param>
/// <param name="Ranking">How the page is ordered.</param>
/// <param name="Degraded">What could not be had: <c>cache</c>, <c>database</c>, <c>graph</c>, <c>posts</c>, <c>fanout-lag</c>, <c>partial</c>.</param>
public sealed record FeedResponse(
    IReadOnlyList<PostResponse> Posts,
    string? NextCursor,
    bool HasMore,
    FeedSource Source,
    PostId? CompleteSince,
    string Ranking,
    IReadOnlyList<string> Degraded);

/// <summary>Where the ids of a page came from.</summary>
public enum FeedSource
{
    /// <summary>All of them from Redis.</summary>
    Cache,

    /// <summary>All of them from Postgres.</summary>
    Database,

    /// <summary>Some from each.</summary>
    Mixed,
}

/// <summary>The values of <see cref="FeedResponse.Degraded"/>.</summary>
internal static class Degradation
{
    public const string Cache = "cache";
    public const string Database = "database";
    public const string Graph = "graph";
    public const string Posts = "posts";
    public const string FanoutLag = "fanout-lag";
    public const string Partial = "partial";

    /// <summary>What makes that something may be missing anywhere on a page.</summary>
    public static readonly string[] Incomplete = [FanoutLag, Graph, Posts];
}
