using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;

namespace Pulse.PostService.Discovery;

/// <summary>The posts of a tag, newest first.</summary>
internal sealed class TagPages(PostDbContext db, FoundPosts found, ShownPages pages)
{
    /// <param name="viewer">Who reads.</param>
    /// <param name="tag">Folded.</param>
    /// <param name="list">Which part.</param>
    /// <param name="ct">Ends it.</param>
    public Task<PostsPage> ReadAsync(UserId viewer, string tag, ListRequest list, CancellationToken ct) =>
        pages.ReadAsync(viewer, list.Position, list.Limit, PostShower.Found, (position, count, token) => ScanAsync(tag, position, count, token), ct);

    private async Task<IReadOnlyList<ScannedPost>> ScanAsync(string tag, long before, int count, CancellationToken ct)
    {
        var ids = await db.Tags
            .Where(row => row.Tag == tag && row.PostId < before)
            .OrderByDescending(row => row.PostId)
            .Select(row => row.PostId)
            .Take(count)
            .ToListAsync(ct);
        return await found.ReadAsync(ids.ConvertAll(id => new FoundPlace(id, id)), ct);
    }
}
