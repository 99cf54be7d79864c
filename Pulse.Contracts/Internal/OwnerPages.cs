using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Internal;

/// <summary>
/// Answer of <c>GET /internal/graphs?after=&amp;limit=</c>: the graphs of users above <c>after</c>, in order of id, all of one
/// moment. May be shorter than its limit when they follow, block or mute many; empty at the end.
/// </summary>
public sealed record GraphPage(IReadOnlyList<UserGraph> Graphs)
{
    /// <summary>The most users of one page.</summary>
    public const int MaxUsers = 1_000;
}

/// <summary>Whom one user follows, blocks and mutes, and the version of that statement.</summary>
/// <param name="Id">Who follows, blocks and mutes.</param>
/// <param name="Version">Every change up to this graph version is in it, no later one is.</param>
/// <param name="Followees">In order of id.</param>
/// <param name="Blocks">Whom he blocks, in order of id; null from a version that told no blocks here, which says nothing about them.</param>
/// <param name="Mutes">Whom he mutes, in order of id; null from a version that told no mutes here, which says nothing about them.</param>
/// <param name="Notifying">Of whose posts he wants to be told, each a followee, in order of id; null from a version that told none here, which says nothing about them.</param>
public sealed record UserGraph(
    UserId Id,
    long Version,
    IReadOnlyList<Followee> Followees,
    IReadOnlyList<UserId>? Blocks = null,
    IReadOnlyList<Mute>? Mutes = null,
    IReadOnlyList<UserId>? Notifying = null);

/// <summary>Answer of <c>GET /internal/posts?after=&amp;limit=</c>: every post above <c>after</c>, in order of id; empty at the end.</summary>
public sealed record OwnedPostPage(IReadOnlyList<OwnedPost> Posts)
{
    /// <summary>The most posts of one page.</summary>
    public const int MaxPosts = 1_000;
}

/// <summary>That a post was committed, and whether it was deleted since.</summary>
public sealed record OwnedPost(PostId Id, UserId AuthorId, bool Deleted);

/// <summary>Answer of <c>POST /internal/authors/{id}/erase</c>, which deletes some of an author's posts for good.</summary>
/// <param name="Done">There are no more; else call again.</param>
public sealed record AuthorErasure(bool Done);
