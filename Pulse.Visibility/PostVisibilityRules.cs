using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Visibility;

/// <summary>
/// Who may see a post. Every path that shows one asks here, so that no path can forget a rule.
/// A deleted post has no snapshot and never gets this far.
/// </summary>
public static class PostVisibilityRules
{
    /// <summary>Whether the viewer may see the post at all, wherever it is shown.</summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="post">What.</param>
    /// <param name="author">The card of its author, as new as the post is shown.</param>
    public static bool CanSee(ViewerGraph viewer, PostSnapshot post, AuthorCard author) =>
        viewer.Is(post.AuthorId) || (!viewer.IsApartFrom(post.AuthorId) && IsReachable(viewer, author) && IsOpenTo(viewer, post));

    /// <summary>Whether the post belongs in the viewer's home timeline: his own, or of somebody he follows and does not mute at this moment.</summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="post">What.</param>
    /// <param name="author">The card of its author.</param>
    /// <param name="now">The moment of the read: a timed mute ends without any event.</param>
    public static bool BelongsInHome(ViewerGraph viewer, PostSnapshot post, AuthorCard author, DateTimeOffset now) =>
        (viewer.Is(post.AuthorId) || (viewer.Follows(post.AuthorId) && !viewer.Mutes(post.AuthorId, now))) && CanSee(viewer, post, author);

    /// <summary>Whether a repost belongs in the viewer's home timeline: by himself or somebody he follows, and neither is it muted nor the author of the original.</summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="reposter">Who reposted.</param>
    /// <param name="original">The post that is shown by it.</param>
    /// <param name="author">The card of the original's author.</param>
    /// <param name="now">The moment of the read.</param>
    public static bool RepostBelongsInHome(ViewerGraph viewer, UserId reposter, PostSnapshot original, AuthorCard author, DateTimeOffset now) =>
        (viewer.Is(reposter) || (viewer.Follows(reposter) && !viewer.IsApartFrom(reposter) && !viewer.MutesRepostsOf(reposter, now) && !viewer.Mutes(original.AuthorId, now)))
        && CanSee(viewer, original, author);

    private static bool IsReachable(ViewerGraph viewer, AuthorCard author) => author.Standing switch
    {
        AuthorStanding.Active => !author.IsPrivate || viewer.Follows(author.Id),
        AuthorStanding.Limited => viewer.Follows(author.Id),
        AuthorStanding.Suspended => false,
        _ => false,
    };

    private static bool IsOpenTo(ViewerGraph viewer, PostSnapshot post) => post.Visibility switch
    {
        PostVisibility.Public => true,
        PostVisibility.Followers => viewer.Follows(post.AuthorId),
        // Nobody is mentioned as long as mentions are not parsed; the author himself was let through above.
        PostVisibility.Mentioned => false,
        _ => false,
    };
}
