using Pulse.Contracts.Ids;

namespace Pulse.UserService.Follows;

/// <summary>An edge of the follow graph; a row of <c>follows</c>.</summary>
internal sealed class Follow
{
    public required UserId FollowerId { get; init; }

    public required UserId FolloweeId { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether the follower wants to be told of every post.</summary>
    public bool Notify { get; init; }
}
