using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Events;

/// <summary>An edge of the follow graph came to be, or one that stood changed.</summary>
/// <param name="FollowerId">Who follows.</param>
/// <param name="FolloweeId">Who is followed.</param>
/// <param name="Version">The follower's graph version at this change; per edge, the greater one is newer.</param>
/// <param name="Since">When the follow was committed.</param>
/// <param name="Notify">Whether the follower wants to be told of every post.</param>
/// <param name="Began">Whether the follow began with this change; else it stood, and only <paramref name="Notify"/> changed.</param>
public sealed record UserFollowed(
    UserId FollowerId, UserId FolloweeId, long Version, DateTimeOffset Since, bool Notify = false, bool Began = true) : IEvent
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

/// <summary>A user blocked another; the follows between them ended with it and have events of their own.</summary>
/// <param name="BlockerId">Who blocks.</param>
/// <param name="BlockedId">Who is blocked.</param>
/// <param name="Version">The blocker's graph version at this change; per block, the greater one is newer.</param>
/// <param name="BlockedVersion">The graph version of the blocked user: his graph changed too.</param>
public sealed record UserBlocked(UserId BlockerId, UserId BlockedId, long Version, long BlockedVersion) : IEvent
{
    public static string Type => "user.blocked";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => BlockerId.Value;
}

/// <summary>A block ended; consumers keep a tombstone with its version.</summary>
/// <param name="BlockerId">Who blocked.</param>
/// <param name="BlockedId">Who was blocked.</param>
/// <param name="Version">The blocker's graph version at this change.</param>
/// <param name="BlockedVersion">The graph version of the user who was blocked.</param>
public sealed record UserUnblocked(UserId BlockerId, UserId BlockedId, long Version, long BlockedVersion) : IEvent
{
    public static string Type => "user.unblocked";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => BlockerId.Value;
}

/// <summary>A user muted another, or changed how. Nobody's follows change with it.</summary>
/// <param name="MuterId">Who mutes.</param>
/// <param name="MutedId">Who is muted.</param>
/// <param name="Version">The muter's graph version at this change; per mute, the greater one is newer.</param>
/// <param name="Until">When it ends by itself, without any event; null for never.</param>
/// <param name="RepostsOnly">Whether it is for reposts alone.</param>
public sealed record UserMuted(UserId MuterId, UserId MutedId, long Version, DateTimeOffset? Until = null, bool RepostsOnly = false) : IEvent
{
    public static string Type => "user.muted";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => MuterId.Value;
}

/// <summary>A mute was ended; consumers keep a tombstone with its version.</summary>
/// <param name="MuterId">Who muted.</param>
/// <param name="MutedId">Who was muted.</param>
/// <param name="Version">The muter's graph version at this change.</param>
public sealed record UserUnmuted(UserId MuterId, UserId MutedId, long Version) : IEvent
{
    public static string Type => "user.unmuted";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => MuterId.Value;
}
