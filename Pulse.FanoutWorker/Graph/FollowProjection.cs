using Microsoft.Extensions.Options;
using Pulse.Contracts.Events;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Store;

namespace Pulse.FanoutWorker.Graph;

/// <summary>
/// Commits an edge and then brings the followee's recent posts into the follower's list. The planner commits a post and
/// then reads the edges, so of a new follow and a new post at the same moment one always sees the other.
/// </summary>
internal sealed class FollowProjection(FollowEdges edges, AuthorPosts posts, TimelineStore store, IOptions<TimelineOptions> options)
{
    public async Task FollowAsync(UserFollowed follow, CancellationToken ct)
    {
        // A repeat of the newest version backfills again: the first attempt may have died after its commit.
        if (!await edges.ApplyAsync(follow, ct)) return;

        using var span = FanoutTelemetry.Source.StartActivity("follow backfill");
        var capacity = options.Value.Capacity;
        var recent = await posts.OfAuthorAsync(follow.FolloweeId, FanoutMode.Push, capacity, ct);
        var completeFrom = recent.Count < capacity ? 0 : recent[^1];
        await store.MergeAsync(follow.FollowerId, recent, completeFrom, ct);
        span?.SetTag("pulse.follow.backfilled", recent.Count);
    }

    /// <summary>Ends the edge. The followee's posts stay in the list; the rules of the read path hide them from now on.</summary>
    public Task UnfollowAsync(UserUnfollowed unfollow, CancellationToken ct) => edges.ApplyAsync(unfollow, ct);
}
