using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.PostService.Data;

/// <summary>A row of <c>posts</c>.</summary>
internal sealed class Post
{
    public required long Id { get; init; }

    public required long AuthorId { get; init; }

    public required string Content { get; init; }

    public required PostVisibility Visibility { get; init; }

    public required long? InReplyTo { get; init; }

    /// <summary>Who wrote what this answers: the read path asks whether the viewer follows him. Null in replies older than the column.</summary>
    public long? InReplyToAuthor { get; init; }

    /// <summary>The time in the id; a column of its own for those who ask the database.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>Deleted rows stay: a repeated delete, a report and the rebuild of a projection still ask for them.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public PostSnapshot ToSnapshot() => new(
        new PostId(Id),
        new UserId(AuthorId),
        Content,
        Visibility,
        CreatedAt,
        EditedAt,
        InReplyTo is { } parent ? new PostId(parent) : null,
        InReplyToAuthor is { } author ? new UserId(author) : null);
}
