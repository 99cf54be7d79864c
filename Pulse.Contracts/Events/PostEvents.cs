using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Events;

/// <summary>A post was committed: a text of its own, a reply, a quote, or a plain repost, which shows another post and has no text.</summary>
/// <param name="PostId">The post.</param>
/// <param name="AuthorId">Who wrote it, or who reposted.</param>
/// <param name="Visibility">Who may see it.</param>
/// <param name="CreatedAt">The time in its id.</param>
/// <param name="InReplyTo">The post that it answers.</param>
/// <param name="InReplyToAuthorId">Who wrote that.</param>
/// <param name="RepostOf">The post that it shows.</param>
/// <param name="RepostOfAuthorId">Who wrote that.</param>
/// <param name="QuoteOf">The post that it quotes.</param>
/// <param name="QuoteOfAuthorId">Who wrote that.</param>
/// <param name="Mentions">Who is mentioned in it, the author never; null for nobody.</param>
/// <param name="Limited">Whether nobody but its author sees it.</param>
public sealed record PostPublished(
    PostId PostId,
    UserId AuthorId,
    PostVisibility Visibility,
    DateTimeOffset CreatedAt,
    PostId? InReplyTo = null,
    UserId? InReplyToAuthorId = null,
    PostId? RepostOf = null,
    UserId? RepostOfAuthorId = null,
    PostId? QuoteOf = null,
    UserId? QuoteOfAuthorId = null,
    IReadOnlyList<UserId>? Mentions = null,
    bool Limited = false) : IEvent
{
    public static string Type => "post.published";
    public static int Schema => 1;
    public static string Topic => Topics.PostEvents;
    long IEvent.Group => AuthorId.Value;
}

/// <summary>A post shows something else now: its text was edited, or it was limited or freed. It leaves only after the snapshot that says so.</summary>
/// <param name="PostId">The post.</param>
/// <param name="AuthorId">Who wrote it.</param>
/// <param name="Revision">Its revision at this change.</param>
public sealed record PostEdited(PostId PostId, UserId AuthorId, int Revision) : IEvent
{
    public static string Type => "post.edited";
    public static int Schema => 1;
    public static string Topic => Topics.PostEvents;
    long IEvent.Group => AuthorId.Value;
}

/// <summary>
/// Somebody is mentioned in a post whom <see cref="PostPublished"/> did not name: an edit added him, or nobody could tell at first whose the names in it are.
/// It leaves only after the snapshot that says so.
/// </summary>
/// <param name="PostId">The post.</param>
/// <param name="AuthorId">Who wrote it.</param>
/// <param name="Mentions">Who is mentioned since; neither those of before, nor the authors of this post and of those that it answers or quotes, who know of it.</param>
/// <param name="MentionedAt">When.</param>
public sealed record PostMentioned(PostId PostId, UserId AuthorId, IReadOnlyList<UserId> Mentions, DateTimeOffset MentionedAt) : IEvent
{
    public static string Type => "post.mentioned";
    public static int Schema => 1;
    public static string Topic => Topics.PostEvents;
    long IEvent.Group => AuthorId.Value;
}

/// <summary>A post was deleted by its author, or by an administrator.</summary>
public sealed record PostDeleted(PostId PostId, UserId AuthorId) : IEvent
{
    public static string Type => "post.deleted";
    public static int Schema => 1;
    public static string Topic => Topics.PostEvents;
    long IEvent.Group => AuthorId.Value;
}

/// <summary>Somebody likes a post.</summary>
/// <param name="PostId">What.</param>
/// <param name="AuthorId">Who wrote it.</param>
/// <param name="LikerId">Who likes it.</param>
/// <param name="Version">The version of the liker's marks at this change: per post and liker, the greater one is newer.</param>
/// <param name="LikedAt">When.</param>
public sealed record PostLiked(PostId PostId, UserId AuthorId, UserId LikerId, long Version, DateTimeOffset LikedAt) : IEvent
{
    public static string Type => "post.liked";
    public static int Schema => 1;
    public static string Topic => Topics.PostEvents;
    long IEvent.Group => LikerId.Value;
}

/// <summary>Somebody took his like back.</summary>
/// <param name="PostId">Of what.</param>
/// <param name="AuthorId">Who wrote it.</param>
/// <param name="LikerId">Who liked it.</param>
/// <param name="Version">The version of the liker's marks at this change.</param>
public sealed record PostUnliked(PostId PostId, UserId AuthorId, UserId LikerId, long Version) : IEvent
{
    public static string Type => "post.unliked";
    public static int Schema => 1;
    public static string Topic => Topics.PostEvents;
    long IEvent.Group => LikerId.Value;
}
