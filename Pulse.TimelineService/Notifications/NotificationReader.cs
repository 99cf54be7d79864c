using Microsoft.Extensions.Options;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.ServiceDefaults.Redis;
using Pulse.Timelines.Notifications;
using Pulse.TimelineService.HomeTimeline;
using Pulse.TimelineService.Hydrating;
using Pulse.TimelineService.Rules;
using Pulse.Visibility;

namespace Pulse.TimelineService.Notifications;

/// <summary>
/// Reads a page of notifications, and counts the unread ones by the same rules: what is hidden at this moment is not counted. A box holds little, so both
/// end soon however much of it is hidden.
/// </summary>
internal sealed class NotificationReader(
    NotificationBoxes boxes,
    RedisCircuit redis,
    ViewerGraphs graphs,
    NotificationShower shower,
    ViewerMarks marks,
    IOptions<FeedOptions> options,
    TimeProvider clock)
{
    /// <summary>Unread ones are counted up to this.</summary>
    public const int MaxUnread = 100;

    public async Task<NotificationsPage> ReadAsync(UserId viewer, NotificationCursor? after, int limit, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var versions = await ViewerVersions.ReadAsync(redis, viewer, ct);
        var (graph, isUnconfirmed) = await graphs.GetAsync(viewer, versions.Graph, ct);
        var box = await boxes.FindAsync(viewer, ct);
        HashSet<string> degraded = [];
        if (versions.IsCacheAway) degraded.Add(Degradation.Cache);
        if (isUnconfirmed) degraded.Add(Degradation.Graph);

        var newest = after?.Newest.Value ?? box.Newest;
        var page = new Scan(graph, newest, after?.Scanned.Value ?? long.MaxValue, Above: 0) { Started = started };
        await ScanAsync(page, () => page.Shown.Count > limit, limit + 1, degraded, ct);
        var unread = await CountAsync(after is null ? page : null, graph, box, started, degraded, ct);

        var shown = page.Shown.Take(limit).ToList();
        var hasMore = page.Shown.Count > limit || page.IsPartial;
        if (page.IsPartial) degraded.Add(Degradation.Partial);
        var position = page.Shown.Count > limit ? shown[^1].Group.Place : page.Position;
        var (posts, isMarked) = await marks.MarkAsync(viewer, versions.Marks, [.. shown.Select(notification => notification.Post).OfType<ShownPost>()], ct);
        if (!isMarked) degraded.Add(Degradation.Posts);
        var byId = posts.DistinctBy(post => post.Post.Id).ToDictionary(post => post.Post.Id);
        return new NotificationsPage(
            [.. shown.Select(notification => Present(notification, box, byId))],
            hasMore ? new NotificationCursor(new NotificationId(position), new NotificationId(newest)).Encode() : null,
            hasMore,
            unread,
            [.. degraded.Order(StringComparer.Ordinal)]);
    }

    /// <summary>Counts what is unread. The first page of a walk has seen the newest of them already.</summary>
    private async Task<int> CountAsync(Scan? first, ViewerGraph graph, NotificationBox box, long started, HashSet<string> degraded, CancellationToken ct)
    {
        var count = first?.Shown.Count(notification => notification.IsUnread(box.ReadUpTo)) ?? 0;
        if (first is { IsDry: true }) return Math.Min(count, MaxUnread);

        var rest = new Scan(graph, box.Newest, first?.Position ?? long.MaxValue, box.ReadUpTo) { Started = started };
        await ScanAsync(rest, () => count + Unread() >= MaxUnread, MaxUnread, degraded, ct);
        if (rest.IsPartial) degraded.Add(Degradation.Partial);
        return Math.Min(count + Unread(), MaxUnread);

        int Unread() => rest.Shown.Count(notification => notification.IsUnread(box.ReadUpTo));
    }

    /// <summary>Looks at what is in a box, from the top down, until it is enough or there is no more.</summary>
    private async Task ScanAsync(Scan scan, Func<bool> isEnough, int wanted, HashSet<string> degraded, CancellationToken ct)
    {
        while (!isEnough() && !scan.IsDry && !scan.IsPartial)
        {
            if (scan.Position <= scan.Above)
            {
                scan.IsDry = true;
                return;
            }

            var count = Math.Clamp(wanted - scan.Shown.Count, 10, MaxUnread + 1);
            var now = clock.GetUtcNow();
            var range = new BoxRange(scan.Viewer.Viewer!.Value, scan.Newest, scan.Position, scan.Above, scan.Viewer.Silenced(now), scan.Viewer.SilencedReposters(now));
            var groups = await boxes.PageAsync(range, count, ct);
            if (groups.Count > 0)
            {
                scan.Shown.AddRange(await shower.ShowAsync(scan.Viewer, groups, degraded, ct));
                scan.Position = groups[^1].Place;
            }

            scan.IsDry = groups.Count < count;
            scan.IsPartial = !scan.IsDry && !isEnough() && clock.GetElapsedTime(scan.Started) > options.Value.Deadline;
        }
    }

    private static NotificationResponse Present(ShownNotification notification, NotificationBox box, Dictionary<PostId, ShownPost> posts) => new(
        new NotificationId(notification.Group.Place),
        notification.Group.Kind,
        notification.Newest.At,
        !notification.IsUnread(box.ReadUpTo),
        [.. notification.Actors.Select(AuthorResponse.From)],
        notification.ActorsCount)
    {
        Post = notification.Post is { } post ? PostResponse.From(posts[post.Post.Id]) : null,
    };

    /// <param name="Viewer">Who reads.</param>
    /// <param name="Newest">What is newer is not of this walk.</param>
    /// <param name="Position">The last place that was looked at.</param>
    /// <param name="Above">Places down to here are not asked for.</param>
    private sealed record Scan(ViewerGraph Viewer, long Newest, long Position, long Above)
    {
        public long Position { get; set; } = Position;

        public long Started { get; init; }

        /// <summary>What was shown, the newest first.</summary>
        public List<ShownNotification> Shown { get; } = [];

        /// <summary>There is nothing below.</summary>
        public bool IsDry { get; set; }

        /// <summary>A deadline cut it short.</summary>
        public bool IsPartial { get; set; }
    }
}
