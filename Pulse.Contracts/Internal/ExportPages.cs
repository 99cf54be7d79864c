using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Internal;

/// <summary>Answer of <c>GET /internal/authors/{id}/likes?after=</c>: posts above <c>after</c> that the user likes, in order of id; empty at the end.</summary>
public sealed record OwnedLikePage(IReadOnlyList<OwnedLike> Likes);

/// <summary>A like, and since when.</summary>
public sealed record OwnedLike(PostId PostId, DateTimeOffset LikedAt);

/// <summary>Answer of <c>GET /internal/authors/{id}/bookmarks?after=</c>: posts above <c>after</c> that the user has bookmarked, in order of id; empty at the end.</summary>
public sealed record OwnedBookmarkPage(IReadOnlyList<OwnedBookmark> Bookmarks);

/// <summary>A bookmark, and since when.</summary>
public sealed record OwnedBookmark(PostId PostId, DateTimeOffset BookmarkedAt);

/// <summary>
/// Answer of <c>GET /internal/authors/{id}/edits?after=</c>: what posts above <c>after</c> said before they were edited, in order of id, all of a post on one page; empty
/// at the end.
/// </summary>
public sealed record OwnedEditPage(IReadOnlyList<OwnedEdit> Edits);

/// <summary>What a post said, and since when.</summary>
public sealed record OwnedEdit(PostId PostId, string Content, DateTimeOffset WrittenAt);
