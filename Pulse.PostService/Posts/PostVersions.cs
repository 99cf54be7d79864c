using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;

namespace Pulse.PostService.Posts;

/// <summary>Answer of <c>GET /v1/posts/{id}/edits</c>.</summary>
/// <param name="Versions">Oldest first; the last one is what the post says now.</param>
public sealed record PostVersionsResponse(IReadOnlyList<PostVersion> Versions);

/// <summary>What a post said from a moment on.</summary>
public sealed record PostVersion(string Content, DateTimeOffset WrittenAt);

/// <summary>What posts said before they were edited.</summary>
internal sealed class PostVersions(PostDbContext db)
{
    /// <summary>The most versions that are shown, the newest ones.</summary>
    internal const int Max = 100;

    public async Task<PostVersionsResponse> ReadAsync(PostSnapshot post, CancellationToken ct)
    {
        var before = await db.Edits.AsNoTracking()
            .Where(edit => edit.PostId == post.Id.Value && edit.Revision < post.Revision)
            .OrderByDescending(edit => edit.Revision)
            .Take(Max - 1)
            .Select(edit => new PostVersion(edit.Content, edit.WrittenAt))
            .ToListAsync(ct);
        before.Reverse();
        return new PostVersionsResponse([.. before, new PostVersion(post.Content, post.EditedAt ?? post.CreatedAt)]);
    }
}
