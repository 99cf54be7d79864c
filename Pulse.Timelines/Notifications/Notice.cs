using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Notifications;

/// <summary>What a user is told of what another one did.</summary>
/// <param name="User">Who is told.</param>
/// <param name="Kind">What.</param>
/// <param name="Subject">
/// What it is about: the post that is shown with it, or the request to follow; 0 where there is one such thing between two users. What the same actor does twice to the
/// same subject is one act.
/// </param>
public readonly record struct Notice(UserId User, NotificationKind Kind, long Subject = 0)
{
    public static Notice Of(UserId user, NotificationKind kind, PostId post) => new(user, kind, post.Value);
}

/// <summary>An act of somebody, as of which events tell.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Version">Of two acts on one subject the greater one is newer: a version of the actor's graph or marks, or the post that did it.</param>
/// <param name="At">When.</param>
/// <param name="ToFollowersOnly">Whether only users who follow him are told.</param>
public readonly record struct Act(UserId Actor, long Version, DateTimeOffset At, bool ToFollowersOnly = false);
