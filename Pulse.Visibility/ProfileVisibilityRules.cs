using Pulse.Contracts.PublishedKeys;

namespace Pulse.Visibility;

/// <summary>How a viewer stands to an account, as far as the rules ask.</summary>
/// <param name="IsSelf">It is his own.</param>
/// <param name="Follows">He follows it.</param>
public readonly record struct ViewerStand(bool IsSelf, bool Follows);

/// <summary>Who may see an account, and what of it. The profile itself is open to all: name, counts, whether it is private.</summary>
public static class ProfileVisibilityRules
{
    /// <summary>Whether the account exists for the viewer: as a profile, and in lists of others.</summary>
    public static bool CanSee(ViewerStand viewer, AuthorStanding standing) => viewer.IsSelf || standing is AuthorStanding.Active or AuthorStanding.Limited;

    /// <summary>Whether the viewer may see who follows the account and whom it follows.</summary>
    public static bool CanSeeLists(ViewerStand viewer, AuthorStanding standing, bool isPrivate) =>
        CanSee(viewer, standing) && (viewer.IsSelf || viewer.Follows || !isPrivate);
}
