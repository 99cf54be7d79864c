using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Engagement;

/// <summary>What a user has bookmarked, the newest bookmarks first, as far as he may see it now.</summary>
internal sealed class BookmarkPages(PostDbContext db, Snapshots snapshots, ShownPages pages)
{
    /// <exception cref="DependencyUnavailableException">Whether he may see them depends on UserService, which is away.</exception>
    public Task<PostsPage> ReadAsync(UserId user, long position, int limit, CancellationToken ct) =>
        pages.ReadAsync(user, position, limit, PostShower.Asked, (from, count, token) => ScanAsync(user, from, count, token), ct);

    private async Task<IReadOnlyList<ScannedPost>> ScanAsync(UserId user, long before, int count, CancellationToken ct)
    {
        var bookmarks = await db.Database.SqlQuery<Bookmark>(
            $"""SELECT id AS "Id", post_id AS "Post" FROM bookmarks WHERE user_id = {user.Value} AND id < {before} ORDER BY id DESC LIMIT {count}""").ToListAsync(ct);
        long[] ids = [.. bookmarks.Select(bookmark => bookmark.Post)];
        var posts = await db.Posts.AsNoTracking().Where(post => ids.Contains(post.Id) && post.DeletedAt == null).ToDictionaryAsync(post => post.Id, ct);
        return bookmarks.ConvertAll(bookmark => new ScannedPost(bookmark.Id, posts.TryGetValue(bookmark.Post, out var post) ? snapshots.Of(post) : null));
    }

    private sealed record Bookmark(long Id, long Post);
}
