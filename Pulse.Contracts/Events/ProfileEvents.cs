using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Events;

/// <summary>A profile shows something else now. It leaves only after the author card that says so.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Version">The version of the author card at this change.</param>
public sealed record UserProfileChanged(UserId UserId, long Version) : IEvent
{
    public static string Type => "user.profile_changed";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => UserId.Value;
}

/// <summary>An account became private or public. It leaves only after the author card that says so.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="IsPrivate">What it is now.</param>
/// <param name="Version">The version of the author card at this change.</param>
public sealed record UserPrivacyChanged(UserId UserId, bool IsPrivate, long Version) : IEvent
{
    public static string Type => "user.privacy_changed";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => UserId.Value;
}

/// <summary>Somebody asked to follow a private account.</summary>
/// <param name="RequesterId">Who wants to follow.</param>
/// <param name="TargetId">Whom.</param>
/// <param name="RequestedAt">When he asked.</param>
/// <param name="RequestId">The request, by which <see cref="UserFollowRequestEnded"/> names it; null from a version that told no ends.</param>
public sealed record UserFollowRequested(UserId RequesterId, UserId TargetId, DateTimeOffset RequestedAt, long? RequestId = null) : IEvent
{
    public static string Type => "user.follow_requested";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => RequesterId.Value;
}

/// <summary>A request waits for no answer any more: it was accepted, rejected or withdrawn, or a block took it away.</summary>
/// <param name="RequesterId">Who asked.</param>
/// <param name="TargetId">Whom.</param>
/// <param name="RequestId">Which request.</param>
public sealed record UserFollowRequestEnded(UserId RequesterId, UserId TargetId, long RequestId) : IEvent
{
    public static string Type => "user.follow_request_ended";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => RequesterId.Value;
}

/// <summary>A request was accepted; the follow that began with it has an event of its own.</summary>
/// <param name="RequesterId">Who follows now.</param>
/// <param name="TargetId">Whom.</param>
/// <param name="Version">The requester's graph version, that of the follow.</param>
public sealed record UserFollowAccepted(UserId RequesterId, UserId TargetId, long Version) : IEvent
{
    public static string Type => "user.follow_accepted";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => TargetId.Value;
}

/// <summary>An account is gone for good; its follows, blocks and posts have had events of their own before.</summary>
/// <param name="UserId">Whose.</param>
public sealed record UserDeleted(UserId UserId) : IEvent
{
    public static string Type => "user.deleted";
    public static int Schema => 1;
    public static string Topic => Topics.UserEvents;
    long IEvent.Group => UserId.Value;
}
