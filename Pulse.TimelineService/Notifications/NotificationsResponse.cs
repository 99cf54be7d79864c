using System.Text.Json.Serialization;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;

namespace Pulse.TimelineService.Notifications;

/// <summary>A page of what the caller was told, the newest first.</summary>
/// <param name="Notifications">In the order of their ids.</param>
/// <param name="NextCursor">Where the walk goes on; null at the end.</param>
/// <param name="HasMore">Whether anything older exists.</param>
/// <param name="UnreadCount">How many of all notifications that would be shown tell of something that was not read; 100 for that many or more.</param>
/// <param name="Degraded">What could not be had: <c>cache</c>, <c>graph</c>, <c>posts</c>, <c>partial</c>. What cannot be shown without it is left out, and not counted.</param>
public sealed record NotificationsPage(
    IReadOnlyList<NotificationResponse> Notifications, string? NextCursor, bool HasMore, int UnreadCount, IReadOnlyList<string> Degraded);

/// <summary>One notification: what one or several users did.</summary>
/// <param name="Id">Of the newest thing that it tells: one that tells of more has a greater id, and is unread again.</param>
/// <param name="Kind">What they did.</param>
/// <param name="CreatedAt">When the newest of them did.</param>
/// <param name="Read">Whether the caller has read all of it.</param>
/// <param name="Actors">Who did, the newest first; at most three.</param>
/// <param name="ActorsCount">How many did; 1000 for that many or more.</param>
public sealed record NotificationResponse(
    NotificationId Id, NotificationKind Kind, DateTimeOffset CreatedAt, bool Read, IReadOnlyList<AuthorResponse> Actors, int ActorsCount)
{
    /// <summary>What it is about: the post that mentions, answers or quotes, or the caller's own that was reposted or liked; absent where it is about no post.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PostResponse? Post { get; init; }
}

/// <summary>Body of <c>POST /v1/notifications/read</c>.</summary>
/// <param name="UpTo">The id of the newest notification that the caller has seen: it is read with everything below it.</param>
public sealed record ReadNotifications(NotificationId? UpTo);
