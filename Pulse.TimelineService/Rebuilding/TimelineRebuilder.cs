using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Problems;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;
using Pulse.TimelineService.HomeTimeline;
using Pulse.TimelineService.Hydrating;

namespace Pulse.TimelineService.Rebuilding;

/// <summary>A list as a rebuild found it.</summary>
/// <param name="List">What was selected.</param>
/// <param name="IsOlderThanItsReader">Whether the select may have begun before the reader came, who may have seen more already.</param>
internal sealed record Rebuilt(TimelineList List, bool IsOlderThanItsReader);

/// <summary>
/// Fills cold lists: open, select, publish. From the opening on every push lands in the list, and the select comes after it;
/// a planner commits before it pushes, so a post is in the select or in the list or in both.
/// One flight per list in this process, and the open list keeps other processes from a second one.
/// </summary>
internal sealed class TimelineRebuilder(
    TimelineStore store,
    AuthorPosts posts,
    PostClient postService,
    FeedTelemetry telemetry,
    IOptions<TimelineOptions> options)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TimelineList>>> _flights = [];

    /// <summary>The viewer's pushed timeline out of Postgres; published to Redis unless somebody else is at it.</summary>
    public Task<Rebuilt> HomeAsync(UserId viewer, TimelineState state, CancellationToken ct) =>
        FlyAsync(TimelineKeys.Home(viewer), state, () => SelectHomeAsync(viewer), ct);

    /// <summary>An author's pulled posts out of Postgres; published to Redis unless somebody else is at it.</summary>
    public Task<Rebuilt> TailAsync(UserId author, TimelineState state, CancellationToken ct) =>
        FlyAsync(TimelineKeys.Pull(author), state, () => posts.OfAuthorAsync(author, FanoutMode.Pull, options.Value.Capacity, CancellationToken.None), ct);

    private async Task<Rebuilt> FlyAsync(string key, TimelineState state, Func<Task<List<long>>> select, CancellationToken ct)
    {
        // The flight is not the first caller's: when he goes away, the others still wait for it.
        var own = new Lazy<Task<TimelineList>>(() => LandAsync(key, state, select));
        var flight = _flights.GetOrAdd(key, own);
        return new Rebuilt(await flight.Value.WaitAsync(ct), IsOlderThanItsReader: flight != own);
    }

    private async Task<TimelineList> LandAsync(string key, TimelineState state, Func<Task<List<long>>> select)
    {
        try
        {
            return await RebuildAsync(key, state, select);
        }
        finally
        {
            // Here and not by those who wait: after the last of them went away, the next reader would get what was true then.
            _flights.TryRemove(key, out _);
        }
    }

    private async Task<TimelineList> RebuildAsync(string key, TimelineState state, Func<Task<List<long>>> select)
    {
        var token = state == TimelineState.Cold ? await store.OpenAsync(key, CancellationToken.None) : null;
        var ids = await select();
        var floor = ids.Count < options.Value.Capacity ? 0 : ids[^1];
        if (token is { } opened)
        {
            var published = await store.PublishAsync(key, opened, ids, floor, CancellationToken.None);
            telemetry.Rebuilt(published);
        }

        return new TimelineList(TimelineState.Warm, [.. ids], floor);
    }

    private async Task<List<long>> SelectHomeAsync(UserId viewer)
    {
        var capacity = options.Value.Capacity;
        var own = OwnAsync(viewer, capacity);
        var pushed = await posts.HomeAsync(viewer, capacity, CancellationToken.None);
        var ids = TimelineList.NewestFirst([.. pushed, .. await own]);
        return [.. ids.Take(capacity)];
    }

    // His own posts may not be planned yet. While their owner is away the planned ones have to do.
    private async Task<List<long>> OwnAsync(UserId viewer, int count)
    {
        try
        {
            return await postService.OwnIdsAsync(viewer, long.MaxValue, count, CancellationToken.None);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            return [];
        }
    }
}
