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
        viewer.Is(post.AuthorId) || (!post.Limited && !viewer.IsApartFrom(post.AuthorId) && IsReachable(viewer, author) && IsOpenTo(viewer, post));

    /// <summary>Whether the post belongs in the viewer's home timeline: his own, or of somebody he follows and does not mute at this moment.</summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="post">What.</param>
    /// <param name="author">The card of its author.</param>
    /// <param name="now">The moment of the read: a timed mute ends without any event.</param>
    public static bool BelongsInHome(ViewerGraph viewer, PostSnapshot post, AuthorCard author, DateTimeOffset now) =>
        (viewer.Is(post.AuthorId) || (viewer.Follows(post.AuthorId) && !viewer.Mutes(post.AuthorId, now))) && CanSee(viewer, post, author);

    /// <summary>
    /// Whether a repost belongs in the viewer's home timeline: by himself or somebody he follows, and neither is it muted nor the author of the original.
    /// </summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="repost">The repost.</param>
    /// <param name="reposter">The card of who reposted.</param>
    /// <param name="original">The post that is shown by it.</param>
    /// <param name="author">The card of the original's author.</param>
    /// <param name="now">The moment of the read.</param>
    public static bool RepostBelongsInHome(
        ViewerGraph viewer, PostSnapshot repost, AuthorCard reposter, PostSnapshot original, AuthorCard author, DateTimeOffset now) =>
        (viewer.Is(repost.AuthorId) || (viewer.Follows(repost.AuthorId) && !viewer.MutesRepostsOf(repost.AuthorId, now) && !viewer.Mutes(original.AuthorId, now)))
        && CanSee(viewer, repost, reposter)
        && CanSee(viewer, original, author);

    /// <summary>Whether the viewer finds the post where nobody asked for its author: under a tag, in a search, among what is popular.</summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="post">What.</param>
    /// <param name="author">The card of its author.</param>
    /// <param name="now">The moment of the read.</param>
    public static bool BelongsInDiscovery(ViewerGraph viewer, PostSnapshot post, AuthorCard author, DateTimeOffset now) =>
        post is { Visibility: PostVisibility.Public, RepostOf: null } && !viewer.Mutes(post.AuthorId, now) && CanSee(viewer, post, author);

    /// <summary>
    /// Whether the viewer is shown the post among the replies to another one. Nobody asked for its author, unless he answers himself there: so nobody whom the
    /// viewer mutes.
    /// </summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="post">The reply.</param>
    /// <param name="author">The card of its author.</param>
    /// <param name="answered">Who wrote the post that was asked for.</param>
    /// <param name="now">The moment of the read.</param>
    public static bool BelongsInReplies(ViewerGraph viewer, PostSnapshot post, AuthorCard author, UserId answered, DateTimeOffset now) =>
        (post.AuthorId == answered || !viewer.Mutes(post.AuthorId, now)) && CanSee(viewer, post, author);

    /// <summary>
    /// Whether a post may be shown to others by a repost or a quote: by its author if it is for everybody, by others if everybody sees it. The author of one that is limited
    /// is told nothing else than before; what shows it shows it to nobody but him.
    /// </summary>
    /// <param name="sharer">Who wants to share it, and may see it.</param>
    /// <param name="post">What.</param>
    /// <param name="author">The card of its author.</param>
    public static bool MayShare(UserId sharer, PostSnapshot post, AuthorCard author) =>
        post.Visibility == PostVisibility.Public && (sharer == post.AuthorId || (!post.Limited && !author.IsPrivate));

    /// <summary>Whether a post that another one quotes is shown in it: nobody asked for its author, unless he quotes himself.</summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="quoted">The quoted post.</param>
    /// <param name="author">The card of its author.</param>
    /// <param name="quoting">Who quotes it.</param>
    /// <param name="now">The moment of the read.</param>
    public static bool BelongsInQuote(ViewerGraph viewer, PostSnapshot quoted, AuthorCard author, UserId quoting, DateTimeOffset now) =>
        (quoted.AuthorId == quoting || !viewer.Mutes(quoted.AuthorId, now)) && CanSee(viewer, quoted, author);

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
        PostVisibility.Mentioned => viewer.Viewer is { } reader && post.Mentions?.Contains(reader) == true,
        _ => false,
    };
}
