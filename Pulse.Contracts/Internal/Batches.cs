using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Contracts.Internal;

/// <summary>Body of <c>POST /internal/posts/batch</c>; at most <see cref="Batch.MaxIds"/> ids.</summary>
public sealed record PostBatchRequest(IReadOnlyList<PostId> Ids);

/// <summary>Its answer: those that exist, in any order; a missing one was deleted or never committed.</summary>
/// <param name="Posts">Their snapshots.</param>
/// <param name="Counts">Their counts; null from a version that kept none.</param>
public sealed record PostBatchResponse(IReadOnlyList<PostSnapshot> Posts, IReadOnlyList<PostCounts>? Counts = null);

/// <summary>Body of <c>POST /internal/viewers/{id}/marks</c>; at most <see cref="Batch.MaxIds"/> ids.</summary>
public sealed record MarksRequest(IReadOnlyList<PostId> Ids);

/// <summary>Its answer.</summary>
/// <param name="Version">The version of the viewer's marks that this is.</param>
/// <param name="Marks">Those of the asked posts that have any mark, in any order.</param>
public sealed record MarksResponse(long Version, IReadOnlyList<PostMarks> Marks);

/// <summary>What one viewer has done to a post.</summary>
public sealed record PostMarks(PostId Id, bool Liked = false, bool Reposted = false, bool Bookmarked = false);

/// <summary>Body of <c>POST /internal/users/batch</c>; at most <see cref="Batch.MaxIds"/> ids.</summary>
public sealed record CardBatchRequest(IReadOnlyList<UserId> Ids);

/// <summary>Body of <c>POST /internal/users/by-usernames</c>; at most <see cref="Batch.MaxIds"/> names, whatever their case. The answer is a <see cref="CardBatchResponse"/>.</summary>
/// <param name="Usernames">Whom to look for.</param>
/// <param name="For">Leaves out whom a block keeps apart from this user; null for nobody.</param>
public sealed record UsernameBatchRequest(IReadOnlyList<string> Usernames, UserId? For = null);

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
