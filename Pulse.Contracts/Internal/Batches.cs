using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Contracts.Internal;

/// <summary>Body of <c>POST /internal/posts/batch</c>; at most <see cref="Batch.MaxIds"/> ids.</summary>
public sealed record PostBatchRequest(IReadOnlyList<PostId> Ids);

/// <summary>Its answer: those that exist, in any order; a missing one was deleted or never committed.</summary>
public sealed record PostBatchResponse(IReadOnlyList<PostSnapshot> Posts);

/// <summary>Body of <c>POST /internal/users/batch</c>; at most <see cref="Batch.MaxIds"/> ids.</summary>
public sealed record CardBatchRequest(IReadOnlyList<UserId> Ids);

/// <summary>Its answer: those that exist, in any order.</summary>
public sealed record CardBatchResponse(IReadOnlyList<AuthorCard> Cards);

/// <summary>Answer of <c>GET /internal/authors/{id}/posts?before=&amp;limit=</c>: an author's own ids, newest first.</summary>
public sealed record AuthorPostIds(IReadOnlyList<PostId> Ids);

/// <summary>Answer of <c>GET /internal/authors/{id}/summary</c>.</summary>
public sealed record AuthorSummary(long PostsCount);

public static class Batch
{
    /// <summary>The most ids one internal batch call takes.</summary>
    public const int MaxIds = 500;
}
