using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;

namespace Pulse.PostService.Posts;

/// <summary>An author's posts, newest first, as one viewer may see them.</summary>
internal sealed class AuthorPages(PostDbContext db, Snapshots snapshots, ShownPages pages)
{
    /// <summary>The next <paramref name="limit"/> visible posts older than <paramref name="before"/>.</summary>
    public Task<PostsPage> ReadAsync(UserId? viewer, UserId author, long before, int limit, CancellationToken ct) =>
        pages.ReadAsync(viewer, before, limit, PostShower.Asked, (position, count, token) => ScanAsync(author, position, count, token), ct);

    private async Task<IReadOnlyList<ScannedPost>> ScanAsync(UserId author, long before, int count, CancellationToken ct)
    {
        var rows = await db.Posts
            .AsNoTracking()
            .Where(post => post.AuthorId == author.Value && post.DeletedAt == null && post.Id < before)
            .OrderByDescending(post => post.Id)
            .Take(count)
            .ToListAsync(ct);
        return rows.ConvertAll(row => new ScannedPost(row.Id, snapshots.Of(row)));
    }
}
