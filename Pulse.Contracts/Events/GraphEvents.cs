using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Events;

/// <summary>An edge of the follow graph came to be.</summary>
/// <param name="FollowerId">Who follows.</param>
/// <param name="FolloweeId">Who is followed.</param>
/// <param name="Version">The follower's graph version at this change; per edge, the greater one is newer.</param>
/// <param name="Since">When the follow was committed.</param>
public sealed record UserFollowed(UserId FollowerId, UserId FolloweeId, long Version, DateTimeOffset Since) : IEvent
{
    public static string Type => "user.followed";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => FollowerId.Value;
}

/// <summary>An edge of the follow graph ended; consumers keep a tombstone with its version.</summary>
/// <param name="FollowerId">Who followed.</param>
/// <param name="FolloweeId">Who was followed.</param>
/// <param name="Version">The follower's graph version at this change.</param>
public sealed record UserUnfollowed(UserId FollowerId, UserId FolloweeId, long Version) : IEvent
{
    public static string Type => "user.unfollowed";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => FollowerId.Value;
}
