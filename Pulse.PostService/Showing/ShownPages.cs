using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.PostService.Showing;

/// <summary>Answer of calls that list posts.</summary>
public sealed record PostsPage(IReadOnlyList<PostResponse> Posts, string? NextCursor, bool HasMore);

/// <summary>A post with its place in a list.</summary>
/// <param name="Position">By which the list is in order; its cursor.</param>
/// <param name="Post">The post; null for one that is gone, whose place is passed all the same.</param>
internal sealed record ScannedPost(long Position, PostSnapshot? Post);

/// <summary>The next places of a list beyond <paramref name="position"/>; fewer than <paramref name="count"/> at its end.</summary>
internal delegate Task<IReadOnlyList<ScannedPost>> PostScan(long position, int count, CancellationToken ct);

/// <summary>Pages of a list in which each viewer sees some of the posts.</summary>
internal sealed class ShownPages(PostShower shower)
{
    private const int Chunk = 100;

    /// <summary>Places looked at per page. Beyond it a page of which the viewer sees nearly nothing goes on at the next call, short but not the last.</summary>
    internal const int MaxScanned = 1_000;

    /// <summary>The next <paramref name="limit"/> posts that the viewer may see.</summary>
    /// <param name="viewer">Who reads.</param>
    /// <param name="position">The place after which the page begins.</param>
    /// <param name="limit">The most posts.</param>
    /// <param name="rule">By what they are shown.</param>
    /// <param name="scan">The list.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<PostsPage> ReadAsync(UserId? viewer, long position, int limit, ListRule rule, PostScan scan, CancellationToken ct)
    {
        List<ShownPost> shown = [];
        long? next = null;
        for (var scanned = 0; ;)
        {
            var chunk = await scan(position, Chunk, ct);
            var visible = await shower.VisibleAsync(viewer, [.. chunk.Select(place => place.Post).OfType<PostSnapshot>()], rule, ct);
            var taken = visible.Take(limit - shown.Count).ToList();
            shown.AddRange(taken);
            if (taken.Count < visible.Count)
            {
                // One too many proves that there is more.
                next = taken.Count > 0 ? PlaceOf(chunk, taken[^1]) : position;
                break;
            }

            if (chunk.Count < Chunk) break;

            // The last place that was looked at and not the last shown one: what was filtered out is not looked at again.
            position = chunk[^1].Position;
            scanned += chunk.Count;
            if (scanned < MaxScanned) continue;

            next = position;
            break;
        }

        var complete = await shower.CompleteAsync(viewer, shown, ct);
        return new PostsPage([.. complete.Select(PostResponse.From)], next is { } place ? new KeysetCursor(place).Encode() : null, next is not null);
    }

    private static long PlaceOf(IReadOnlyList<ScannedPost> chunk, ShownPost shown) => chunk.First(place => place.Post?.Id == shown.Post.Id).Position;
}
