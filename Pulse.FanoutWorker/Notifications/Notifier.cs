using Pulse.Contracts.Api;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Timelines.Data;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Notifications;

namespace Pulse.FanoutWorker.Notifications;

/// <summary>Tells users what others did.</summary>
internal sealed class Notifier(NotificationStore store, ActorStandings standings, FollowEdges follows, AuthorPosts posts, FanoutTelemetry telemetry)
{
    // Their boxes are locked for the time of one statement.
    private const int FollowersAtOnce = 500;

    public async Task TellAsync(Act act, IReadOnlyList<Notice> notices, CancellationToken ct)
    {
        if (notices.Count == 0) return;

        var standing = await standings.OfAsync(act.Actor, ct);
        if (standing == AuthorStanding.Suspended) return;

        telemetry.Notified(await store.TellAsync(act with { ToFollowersOnly = standing == AuthorStanding.Limited }, notices, ct));
    }

    /// <summary>Tells of a post, unless it is deleted: tells first and looks then, as a delete leaves its tombstone first and takes back then, so one of the two sees the other.</summary>
    public async Task TellOfPostAsync(PostPublished post, CancellationToken ct)
    {
        var act = new Act(post.AuthorId, post.PostId.Value, post.CreatedAt);
        var notices = PostNotices.Of(post);
        await TellAsync(act, notices, ct);
        var isForAnybody = notices.Count > 0;
        if (PostNotices.AreForFollowers(post))
        {
            var told = notices.Select(notice => notice.User).ToHashSet();
            await foreach (var page in follows.NotifiedFollowersAsync(post.AuthorId, FollowersAtOnce, ct))
            {
                isForAnybody = true;
                await TellAsync(
                    act,
                    [.. page.ToArray().Select(UserId.From).Where(user => !told.Contains(user)).Select(user => Notice.Of(user, NotificationKind.Post, post.PostId))],
                    ct);
            }
        }

        if (isForAnybody && await posts.FindAsync(post.AuthorId, post.PostId, ct) is { Deleted: true }) await store.EndPostAsync(post.PostId, ct);
    }

    /// <summary>Tells those whom a post mentions since it was published, in the same way.</summary>
    public async Task TellOfMentionsAsync(PostMentioned post, CancellationToken ct)
    {
        var act = new Act(post.AuthorId, post.PostId.Value, post.MentionedAt);
        await TellAsync(act, [.. post.Mentions.Select(user => Notice.Of(user, NotificationKind.Mention, post.PostId))], ct);
        if (await posts.FindAsync(post.AuthorId, post.PostId, ct) is { Deleted: true }) await store.EndPostAsync(post.PostId, ct);
    }

    public async Task EndPostAsync(PostDeleted post, CancellationToken ct)
    {
        // The planner leaves the same tombstone, some time.
        await posts.DeleteAsync(post.AuthorId, post.PostId, ct);
        await store.EndPostAsync(post.PostId, ct);
        await store.EndSubjectAsync(post.AuthorId, post.PostId, ct);
    }
}
