using Microsoft.EntityFrameworkCore;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;

namespace Pulse.PostService.Discovery;

/// <summary>A place of a list of ids.</summary>
/// <param name="Position">By which the list is in order.</param>
/// <param name="Id">The post that stands there.</param>
/// <param name="Matches">Whether it is looked for; if not, its place is passed.</param>
internal sealed record FoundPlace(long Position, long Id, bool Matches = true);

/// <summary>Reads the posts that such a list names, as they are now: an index, or a list of a minute ago, may still have one that is gone or limited.</summary>
internal sealed class FoundPosts(PostDbContext db, Snapshots snapshots)
{
    public async Task<IReadOnlyList<ScannedPost>> ReadAsync(IReadOnlyList<FoundPlace> places, CancellationToken ct)
    {
        long[] ids = [.. places.Where(place => place.Matches).Select(place => place.Id)];
        var rows = await db.Posts.AsNoTracking().Where(post => ids.Contains(post.Id) && post.DeletedAt == null && !post.Limited).ToListAsync(ct);
        var posts = snapshots.Of(rows).ToDictionary(post => post.Id.Value);
        return [.. places.Select(place => new ScannedPost(place.Position, posts.GetValueOrDefault(place.Id)))];
    }
}
