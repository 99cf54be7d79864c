using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Events;

/// <summary>A post was committed.</summary>
public sealed record PostPublished(PostId PostId, UserId AuthorId, PostVisibility Visibility, DateTimeOffset CreatedAt, PostId? InReplyTo = null) : IEvent
{
    public static string Type => "post.published";
    public static int Schema => 1;
    public static string Topic => Topics.PostEvents;
    long IEvent.Group => AuthorId.Value;
}

/// <summary>A post was deleted by its author.</summary>
public sealed record PostDeleted(PostId PostId, UserId AuthorId) : IEvent
{
    public static string Type => "post.deleted";
    public static int Schema => 1;
    public static string Topic => Topics.PostEvents;
    long IEvent.Group => AuthorId.Value;
}
