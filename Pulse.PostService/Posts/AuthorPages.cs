using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.Visibility;

namespace Pulse.PostService.Posts;

/// <summary>Answer of <c>GET /v1/users/{id}/posts</c>.</summary>
public sealed record PostsPage(IReadOnlyList<PostResponse> Posts, string? NextCursor, bool HasMore);

/// <summary>An author's posts, newest first, as one viewer may see them.</summary>
internal sealed class AuthorPages(PostDbContext db, ViewerGraphs graphs)
{
    private const int Chunk = 100;

    /// <summary>Rows looked at per page. Beyond it a page of somebody who posts for others only goes on at the next call, short but not the last.</summary>
    internal const int MaxScanned = 1_000;

    /// <summary>The next <paramref name="limit"/> visible posts older than <paramref name="before"/>, and where to go on; null at the end.</summary>
    public async Task<(IReadOnlyList<PostSnapshot> Posts, KeysetCursor? Next)> ReadAsync(
        UserId? viewer, AuthorCard author, PostId before, int limit, CancellationToken ct)
    {
        List<PostSnapshot> visible = [];
        for (var scanned = 0; scanned < MaxScanned;)
        {
            var rows = await ScanAsync(author.Id, before, ct);
            var posts = rows.ConvertAll(row => row.ToSnapshot());
            var graph = await graphs.ForAsync(viewer, posts, ct);
            foreach (var post in posts)
            {
                if (!PostVisibilityRules.CanSee(graph, post, author)) continue;
                // One too many proves that there is more.
                if (visible.Count == limit) return (visible, new KeysetCursor(visible[^1].Id.Value));
                visible.Add(post);
            }

            if (rows.Count < Chunk) return (visible, Next: null);

            scanned += rows.Count;
            before = posts[^1].Id;
        }

        // The last scanned id and not the last shown one: what was filtered out is not looked at again.
        return (visible, new KeysetCursor(before.Value));
    }

    private Task<List<Post>> ScanAsync(UserId author, PostId before, CancellationToken ct) => db.Posts
        .AsNoTracking()
        .Where(post => post.AuthorId == author.Value && post.DeletedAt == null && post.Id < before.Value)
        .OrderByDescending(post => post.Id)
        .Take(Chunk)
        .ToListAsync(ct);
}
