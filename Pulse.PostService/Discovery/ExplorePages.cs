using Pulse.Contracts.Ids;
using Pulse.PostService.Showing;

namespace Pulse.PostService.Discovery;

/// <summary>Pages of what is popular. A position is the list and the place in it, of which the list has fewer than the bits can count.</summary>
internal sealed class ExplorePages(ExploreLists lists, FoundPosts found, ShownPages pages)
{
    /// <summary>Before the first place of whatever list is the newest.</summary>
    public const long Start = 0;

    private const int PlaceBits = 10;
    private const long PlaceMask = (1 << PlaceBits) - 1;

    /// <exception cref="DependencyUnavailableException">Who may see the posts depends on UserService, which is away.</exception>
    public async Task<PostsPage> ReadAsync(UserId viewer, ListRequest page, CancellationToken ct)
    {
        var (list, place) = (page.Position >> PlaceBits, page.Position & PlaceMask);
        if (page.Position == Start || !await lists.IsKeptAsync(list, ct)) list = await lists.NewestAsync(ct);
        return await pages.ReadAsync(viewer, (list << PlaceBits) | place, page.Limit, PostShower.Found, ScanAsync, ct);
    }

    private async Task<IReadOnlyList<ScannedPost>> ScanAsync(long position, int count, CancellationToken ct)
    {
        var place = (int)(position & PlaceMask);
        var ids = await lists.ReadAsync(position >> PlaceBits, place, count, ct);
        // The position of a post is the number of those up to it.
        return await found.ReadAsync([.. ids.Select((id, index) => new FoundPlace(position + index + 1, id))], ct);
    }
}
