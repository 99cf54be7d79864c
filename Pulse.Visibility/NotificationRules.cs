using Pulse.Contracts.Api;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Visibility;

/// <summary>What a user is told of others. Asked whenever a notification is shown, by what holds at that moment and not when it came.</summary>
public static class NotificationRules
{
    /// <summary>Whether the viewer is told what somebody did: never by himself, over a block, of somebody he mutes, or of an account that is suspended.</summary>
    /// <param name="viewer">Who is told.</param>
    /// <param name="actor">The card of who did it. One that tells nothing of his standing, which is of version 0, speaks only for somebody whom the viewer follows.</param>
    /// <param name="kind">What he did.</param>
    /// <param name="now">The moment of the read: a timed mute ends without any event.</param>
    public static bool MayNotify(ViewerGraph viewer, AuthorCard actor, NotificationKind kind, DateTimeOffset now) =>
        !viewer.Is(actor.Id)
        && !viewer.IsApartFrom(actor.Id)
        && !(kind == NotificationKind.Repost ? viewer.MutesRepostsOf(actor.Id, now) : viewer.Mutes(actor.Id, now))
        && (viewer.Follows(actor.Id) ? actor.Standing is AuthorStanding.Active or AuthorStanding.Limited : IsStrangerHeard(actor, kind));

    /// <summary>Whether the viewer is shown the post with it: he must see it anywhere else too.</summary>
    /// <param name="viewer">Who is told.</param>
    /// <param name="post">The post that a notification is about.</param>
    /// <param name="author">The card of its author.</param>
    public static bool MayShow(ViewerGraph viewer, PostSnapshot post, AuthorCard author) =>
        (viewer.Is(post.AuthorId) || author.Version > 0 || viewer.Follows(author.Id)) && PostVisibilityRules.CanSee(viewer, post, author);

    // Who is limited reaches his followers only. Who wanted to be told of every post follows no more.
    private static bool IsStrangerHeard(AuthorCard actor, NotificationKind kind) =>
        actor is { Standing: AuthorStanding.Active, Version: > 0 } && kind != NotificationKind.Post;
}
