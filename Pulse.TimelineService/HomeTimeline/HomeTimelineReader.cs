using Microsoft.Extensions.Options;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.Paging;
using Pulse.ServiceDefaults.Problems;
using Pulse.TimelineService.Candidates;
using Pulse.TimelineService.Hydrating;
using Pulse.TimelineService.Merging;
using Pulse.TimelineService.Rules;
using Pulse.Visibility;

namespace Pulse.TimelineService.HomeTimeline;

/// <summary>The read path, in its five steps: candidates, merge, hydrate, rules, present.</summary>
internal sealed class HomeTimelineReader(
    HomeCandidates candidates,
    PostHydrator hydrator,
    ViewerMarks marks,
    FeedTelemetry telemetry,
    IOptions<FeedOptions> options,
    TimeProvider clock)
{
    public async Task<FeedResponse> ReadAsync(UserId viewer, FeedCursor? after, int limit, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var set = await candidates.ReadAsync(viewer, ct);
        var owed = new LateParents(set, after?.Owed, clock.GetUtcNow());
        var before = after?.Scanned.Value ?? long.MaxValue;
        var scan = await ScanAsync(owed.Candidates, before, after?.Shown, limit + 1, started, ct);
        while (owed.FindOnPage(scan.Visible.ConvertAll(shown => shown.RepostOf?.Post ?? shown.Post), scan.Ids, isLastPage: scan.Visible.Count <= limit))
        {
            // A parent may be a reply itself: as deep as the conversation goes, or the deadline.
            if (clock.GetElapsedTime(started) > options.Value.Deadline)
            {
                scan.Partial = true;
                break;
            }

            scan = await ScanAsync(owed.Candidates, before, after?.Shown, limit + 1, started, ct);
        }

        var (shown, isMarked) = await marks.MarkAsync(viewer, set.MarksVersion, [.. scan.Visible.Take(limit)], ct);
        if (!isMarked) scan.Degraded.Add(Degradation.Posts);
        var page = Present(owed, scan, shown, after, limit);
        telemetry.PageRead(page.Source, clock.GetElapsedTime(started));
        return page;
    }

    /// <summary>Merges, hydrates and filters until <paramref name="wanted"/> posts are visible or every source is dry. One more than the page tells whether there is more.</summary>
    private async Task<Scan> ScanAsync(CandidateSet set, long before, IReadOnlyList<PostId>? shown, int wanted, long started, CancellationToken ct)
    {
        var scan = new Scan { Position = before, Degraded = [.. set.Degraded], Contents = [.. shown ?? []] };
        for (var turn = 0; ; turn++)
        {
            // Later turns look further at a time: rules that emptied one page are likely to empty the next.
            var count = (wanted - scan.Visible.Count) << Math.Min(turn, 3);
            var slices = await SlicesAsync(set.Sources, scan.Position, count, ct);
            var bound = slices.Max(slice => slice.Bound);
            var ids = TimelineMerge.Newest([.. slices.Select(slice => slice.Ids)], count).TakeWhile(id => id >= bound).ToList();
            scan.Ids.AddRange(ids);
            if (ids.Count > 0) await ShowAsync(set.Viewer, ids, scan, ct);

            if (scan.Visible.Count >= wanted) return scan;
            if (ids.Count < count)
            {
                // Dry, or what lies below the bound cannot be known now.
                scan.Partial = bound > 0;
                return scan;
            }

            if (clock.GetElapsedTime(started) > options.Value.Deadline)
            {
                scan.Partial = true;
                return scan;
            }

            telemetry.Refilled();
        }
    }

    // Most pages are full of what is at hand, and lie above every floor: those ask nobody.
    private static Task<(IReadOnlyList<long> Ids, long Bound)[]> SlicesAsync(IReadOnlyList<CandidateSource> sources, long before, int count, CancellationToken ct)
    {
        var atHand = TimelineMerge.Newest([.. sources.Select(source => source.AtHand(before, count))], count);
        var reach = atHand.Count < count ? 0 : atHand[^1];
        return Task.WhenAll(sources.Select(source => source.BeforeAsync(before, count, reach, ct)));
    }

    private async Task ShowAsync(ViewerGraph viewer, List<long> ids, Scan scan, CancellationToken ct)
    {
        var hydrated = await hydrator.HydrateAsync(ids, ct);
        var now = clock.GetUtcNow();
        scan.Degraded.UnionWith(hydrated.Degraded);
        foreach (var id in ids)
        {
            // The newest appearance of a content is the one that shows: the others lie below, on this page or a later one.
            if (HomeRules.Show(id, hydrated, viewer, now) is { } shown && scan.Contents.Add(shown.Post.ContentId)) scan.Visible.Add(shown);
        }

        scan.Position = ids[^1];
    }

    private static FeedResponse Present(LateParents owed, Scan scan, List<ShownPost> shown, FeedCursor? after, int limit)
    {
        var set = owed.Candidates;
        foreach (var failed in set.Sources.Where(each => each.Failed)) scan.Degraded.Add(failed.Optional ?? Degradation.Database);
        if (scan.Partial)
        {
            // Nothing of what was asked can be had: an error is more honest than an empty page.
            if (scan.Visible.Count == 0 && scan.Degraded.Contains(Degradation.Database)) throw new DependencyUnavailableException("postgres");
            scan.Degraded.Add(Degradation.Partial);
        }

        var hasMore = scan.Visible.Count > limit || scan.Partial;
        var position = scan.Visible.Count > limit ? shown[^1].Post.Id : new PostId(scan.Position);
        var first = after?.First ?? (shown.Count > 0 ? shown[0].Post.Id : position);
        var source = SourceOf(set, shown);
        return new FeedResponse(
            [.. shown.Select(PostResponse.From)],
            hasMore ? new FeedCursor(position, first) { Owed = owed.Below(position), Shown = ShownAbove(position, after?.Shown, shown) }.Encode() : null,
            hasMore,
            source,
            scan.Degraded.Overlaps(Degradation.Incomplete) ? null : CompleteSince(set, source),
            "latest",
            [.. scan.Degraded.Order(StringComparer.Ordinal)]);
    }

    /// <summary>
    /// What a walk must remember to show nothing twice: contents that it showed by a repost, as long as the content itself, which is always the oldest
    /// appearance, lies below. Remembered by the walk and not asked of a list, so that neither a repost that comes late nor one that is taken
    /// back meanwhile makes it skip or repeat anything.
    /// </summary>
    private static List<PostId> ShownAbove(PostId position, IReadOnlyList<PostId>? before, List<ShownPost> page) =>
    [
        .. (before ?? []).Concat(page.Select(shown => shown.Post.RepostOf).OfType<PostId>())
            .Where(content => content < position)
            .OrderDescending()
            .Take(FeedCursor.MaxShown),
    ];

    // A warm tail beside a cold home list does not make the timeline complete from anywhere on.
    private static PostId? CompleteSince(CandidateSet set, FeedSource source) =>
        source == FeedSource.Database || !set.Sources[0].FromCache ? null : new PostId(set.Sources.Where(cached => cached.FromCache).Max(cached => cached.Floor));

    private static FeedSource SourceOf(CandidateSet set, List<ShownPost> shown)
    {
        if (shown.Count == 0) return set.Sources[0].FromCache ? FeedSource.Cache : FeedSource.Database;

        var cached = shown.Count(post => set.Sources.Any(source => source.Holds(post.Post.Id.Value)));
        return cached == shown.Count ? FeedSource.Cache : cached == 0 ? FeedSource.Database : FeedSource.Mixed;
    }

    private sealed class Scan
    {
        /// <summary>The last id that was looked at.</summary>
        public required long Position { get; set; }

        public required HashSet<string> Degraded { get; init; }

        /// <summary>Everything that was looked at, newest first.</summary>
        public List<long> Ids { get; } = [];

        /// <summary>What was shown of them, newest first.</summary>
        public List<ShownPost> Visible { get; } = [];

        /// <summary>The contents that the walk has shown, by themselves or by a repost.</summary>
        public required HashSet<PostId> Contents { get; init; }

        public bool Partial { get; set; }
    }
}
