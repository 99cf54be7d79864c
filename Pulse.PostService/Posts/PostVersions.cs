using Microsoft.EntityFrameworkCore;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;

namespace Pulse.PostService.Posts;

/// <summary>Answer of <c>GET /v1/posts/{id}/edits</c>.</summary>
/// <param name="Versions">Oldest first; the last one is what the post says now, and the only one of a post for the mentioned to others than its author.</param>
public sealed record PostVersionsResponse(IReadOnlyList<PostVersion> Versions);

/// <summary>What a post said from a moment on.</summary>
public sealed record PostVersion(string Content, DateTimeOffset WrittenAt);

/// <summary>What posts said before they were edited.</summary>
internal sealed class PostVersions(PostDbContext db)
{
    /// <summary>The most versions that are shown, the newest ones.</summary>
    internal const int Max = 100;

    /// <param name="viewer">Who reads, and may see the post as it is.</param>
    /// <param name="post">The post.</param>
    /// <param name="ct">Ends the read.</param>
    public async Task<PostVersionsResponse> ReadAsync(UserId? viewer, PostSnapshot post, CancellationToken ct)
    {
        // Each version was for those whom it mentioned, and nobody knows any more who they were.
        var isForOthers = post.Visibility == PostVisibility.Mentioned && viewer != post.AuthorId;
        var before = isForOthers ? [] : await BeforeAsync(post, ct);
        return new PostVersionsResponse([.. before, new PostVersion(post.Content, post.EditedAt ?? post.CreatedAt)]);
    }

    private async Task<List<PostVersion>> BeforeAsync(PostSnapshot post, CancellationToken ct)
    {
        var before = await db.Edits.AsNoTracking()
            .Where(edit => edit.PostId == post.Id.Value && edit.Revision < post.Revision)
            .OrderByDescending(edit => edit.Revision)
            .Take(Max - 1)
            .Select(edit => new PostVersion(edit.Content, edit.WrittenAt))
            .ToListAsync(ct);
        before.Reverse();
        return before;
    }
}
