using Pulse.Contracts.Ids;

namespace Pulse.UserService.Follows;

/// <summary>An edge of the follow graph; a row of <c>follows</c>.</summary>
internal sealed class Follow
{
    public required UserId FollowerId { get; init; }

    public required UserId FolloweeId { get; init; }

    public required DateTimeOffset Since { get; init; }
}

/// <summary>
/// How many follow a user; a row of <c>follower_counts</c>. It stands apart from <c>users</c> so that a follow locks the
/// follower's account first and the followee's count last: no two follows can wait for each other in a circle, and the
/// count of a celebrity is held only from the last statement to the commit.
/// </summary>
internal sealed class FollowerCount
{
    public required UserId UserId { get; init; }

    public required long Followers { get; set; }

    /// <summary>As of the last change of the count; what is shown is <see cref="Profiles.CelebrityOptions.IsCelebrity"/> of it.</summary>
    public bool IsCelebrity { get; set; }
}
