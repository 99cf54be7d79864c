using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;
using Pulse.TimelineService.HomeTimeline;
using Pulse.TimelineService.Hydrating;
using Pulse.TimelineService.Rebuilding;
using Pulse.TimelineService.Rules;
using Pulse.Visibility;

namespace Pulse.TimelineService.Candidates;

/// <summary>Everything that a page of one viewer is merged from.</summary>
/// <param name="Sources">Where ids come from.</param>
/// <param name="Viewer">The graph that the rules go by.</param>
/// <param name="Degraded">What the page has to confess already.</param>
/// <param name="MarksVersion">The version of what the viewer has done to posts; null when it is not known.</param>
internal sealed record CandidateSet(IReadOnlyList<CandidateSource> Sources, ViewerGraph Viewer, IReadOnlyCollection<string> Degraded, long? MarksVersion);

/// <summary>Step 1 of the read path: what fan-out pushed, what it left to readers, the viewer's own, and what is too young for either.</summary>
internal sealed class HomeCandidates(
    CachedTimelines cache,
    ViewerGraphs graphs,
    PullAuthorCache pullAuthors,
    FanoutLag lag,
    TimelineRebuilder rebuilder,
    AuthorPosts posts,
    PostClient postService,
    FeedTelemetry telemetry,
    IOptions<TimelineOptions> timelineOptions,
    IOptions<FeedOptions> feedOptions,
    TimeProvider clock)
{
    // Longer than the worker takes to plan what gathered during an outage.
    private static readonly TimeSpan UnplannedTime = TimeSpan.FromMinutes(1);

    // As long as an unconfirmed graph is trusted: in that time UserService may have failed to say that it changed.
    private static readonly TimeSpan UnheardTime = TimeSpan.FromSeconds(5);

    public async Task<CandidateSet> ReadAsync(UserId viewer, CancellationToken ct)
    {
        HomeSnapshot snapshot;
        try
        {
            snapshot = await cache.HomeAsync(viewer, ct);
        }
        catch (DependencyUnavailableException)
        {
            return await FromDatabaseAsync(viewer, ct);
        }

        var (graph, graphDegraded) = await graphs.GetAsync(viewer, cache.FailedWithin(UnheardTime) ? null : snapshot.GraphVersion, ct);
        try
        {
            var home = await HomeAsync(viewer, graph, snapshot.Home, ct);
            List<CandidateSource> sources =
            [
                home,
                OwnTail(viewer, snapshot.Own, home),
                .. await TailsAsync(viewer, graph, snapshot.PullersVersion, ct),
            ];
            if (YoungFollowees(graph) is { Length: > 0 } young)
            {
                sources.Add(CandidateSource.Query((before, count, token) => posts.BeforeAsync(young, mode: null, before, count, token), Degradation.Database));
            }

            if (cache.FailedWithin(UnplannedTime))
            {
                // A Redis that thaws has its lists, without what was pushed or posted meanwhile: pages of that time came from
                // Postgres, and what they showed must not vanish again until the worker has caught up.
                var authors = AuthorsOf(viewer, graph);
                sources.Add(CandidateSource.Query((before, count, token) => posts.BeforeAsync(authors, mode: null, before, count, token), Degradation.Database));
                sources.Add(OwnPosts(viewer));
            }

            return new CandidateSet(sources, graph, Confessions(graphDegraded), cache.FailedWithin(UnheardTime) ? null : snapshot.MarksVersion);
        }
        catch (DependencyUnavailableException exception) when (exception.Dependency == "redis")
        {
            return await FromDatabaseAsync(viewer, ct);
        }
    }

    /// <summary>Redis is away: everything from Postgres, the viewer's own unplanned posts from their owner.</summary>
    private async Task<CandidateSet> FromDatabaseAsync(UserId viewer, CancellationToken ct)
    {
        var (graph, graphDegraded) = await graphs.GetAsync(viewer, version: null, ct);
        var authors = AuthorsOf(viewer, graph);
        CandidateSource[] sources =
        [
            CandidateSource.Query((before, count, token) => posts.BeforeAsync(authors, mode: null, before, count, token)),
            OwnPosts(viewer),
        ];
        return new CandidateSet(sources, graph, [Degradation.Cache, .. Confessions(graphDegraded)], MarksVersion: null);
    }

    private List<string> Confessions(bool graphDegraded)
    {
        List<string> confessions = [];
        if (graphDegraded) confessions.Add(Degradation.Graph);
        if (lag.IsTooLong) confessions.Add(Degradation.FanoutLag);
        return confessions;
    }

    private async Task<CandidateSource> HomeAsync(UserId viewer, ViewerGraph graph, TimelineList list, CancellationToken ct)
    {
        var key = TimelineKeys.Home(viewer);
        telemetry.CacheRead("home", list.State);
        var fromCache = list.State == TimelineState.Warm;
        if (fromCache) await cache.KeepAsync(key, timelineOptions.Value.Lifetime, ct);
        else list = await FreshAsync(key, await rebuilder.HomeAsync(viewer, list.State, ct), ct);

        var authors = AuthorsOf(viewer, graph);
        return CandidateSource.List(list.Ids, list.Floor, fromCache, (before, count, token) => posts.BeforeAsync(authors, FanoutMode.Push, before, count, token));
    }

    // What was pushed since an older select began is in the list that it filled.
    private async Task<TimelineList> FreshAsync(string key, Rebuilt rebuilt, CancellationToken ct) =>
        rebuilt.IsOlderThanItsReader && await cache.ListAsync(key, ct) is { State: TimelineState.Warm } filled ? filled : rebuilt.List;

    private async Task<IReadOnlyList<CandidateSource>> TailsAsync(UserId viewer, ViewerGraph graph, long? version, CancellationToken ct)
    {
        var pulled = await pullAuthors.GetAsync(version, ct);
        UserId[] authors = [.. pulled.Authors.Where(author => graph.Is(author) || graph.Follows(author))];
        var tails = await cache.TailsAsync(authors, ct);
        return await Task.WhenAll(authors.Zip(tails, (author, list) => TailAsync(author, list, ct)));
    }

    private async Task<CandidateSource> TailAsync(UserId author, TimelineList list, CancellationToken ct)
    {
        telemetry.CacheRead("pull", list.State);
        var fromCache = list.State == TimelineState.Warm;
        if (fromCache) await cache.KeepAsync(TimelineKeys.Pull(author), timelineOptions.Value.Lifetime, ct);
        else list = await FreshAsync(TimelineKeys.Pull(author), await rebuilder.TailAsync(author, list.State, ct), ct);

        return CandidateSource.List(list.Ids, list.Floor, fromCache, (before, count, token) => posts.BeforeAsync([author.Value], FanoutMode.Pull, before, count, token));
    }

    /// <summary>
    /// Posts that fan-out may not know yet. The tail keeps the newest of them, and a home list was filled with its reader's own; below
    /// both only their owner knows what was posted while the bus was away.
    /// </summary>
    private CandidateSource OwnTail(UserId viewer, long[] own, CandidateSource home)
    {
        var floor = Math.Max(home.Floor, own.Length < PostKeys.SelfCapacity ? 0 : own[^1]);
        return CandidateSource.Extra(
            [.. own.TakeWhile(id => id >= floor)],
            floor,
            besideCache: home.FromCache,
            (before, count, token) => postService.OwnIdsAsync(viewer, before, count, token),
            Degradation.Posts);
    }

    private CandidateSource OwnPosts(UserId viewer) =>
        CandidateSource.Query((before, count, token) => postService.OwnIdsAsync(viewer, before, count, token), Degradation.Posts);

    private static long[] AuthorsOf(UserId viewer, ViewerGraph graph) => [viewer.Value, .. graph.Followees.Keys.Select(followee => followee.Value)];

    // The event of a new edge may still be on its way to the projection that fan-out goes by.
    private long[] YoungFollowees(ViewerGraph graph)
    {
        var since = clock.GetUtcNow() - feedOptions.Value.YoungEdge;
        return [.. graph.Followees.Where(followee => followee.Value > since).Select(followee => followee.Key.Value)];
    }
}
