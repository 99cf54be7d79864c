using Pulse.Contracts;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Visibility;

/// <summary>
/// Who may see a post. Every path that shows one asks here, so that no path can forget a rule.
/// A deleted post has no snapshot and never gets this far.
/// </summary>
public static class PostVisibilityRules
{
    /// <summary>Whether the viewer may see the post at all, wherever it is shown.</summary>
    public static bool CanSee(ViewerGraph viewer, PostSnapshot post) =>
        viewer.Is(post.AuthorId) || (!viewer.IsApartFrom(post.AuthorId) && IsOpenTo(viewer, post));

    /// <summary>Whether the post belongs in the viewer's home timeline: his own, or of somebody he follows now.</summary>
    public static bool BelongsInHome(ViewerGraph viewer, PostSnapshot post) =>
        (viewer.Is(post.AuthorId) || viewer.Follows(post.AuthorId)) && CanSee(viewer, post);

    private static bool IsOpenTo(ViewerGraph viewer, PostSnapshot post) => post.Visibility switch
    {
        PostVisibility.Public => true,
        PostVisibility.Followers => viewer.Follows(post.AuthorId),
        // Nobody is mentioned as long as mentions are not parsed; the author himself was let through above.
        PostVisibility.Mentioned => false,
        _ => false,
    };
}
