using Pulse.Contracts.Ids;

namespace Pulse.UserService.Mutes;

/// <summary>That one user mutes another; a row of <c>mutes</c>. One whose time is over stands until its muter changes any mute again.</summary>
internal sealed class MutedUser
{
    public required UserId MuterId { get; init; }

    public required UserId MutedId { get; init; }

    /// <summary>Null for never.</summary>
    public required DateTimeOffset? Until { get; init; }

    public required bool RepostsOnly { get; init; }

    public required DateTimeOffset Since { get; init; }
}
