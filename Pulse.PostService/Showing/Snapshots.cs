using Microsoft.Extensions.Options;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Media;

namespace Pulse.PostService.Showing;

/// <summary>Makes of rows what every reader gets.</summary>
internal sealed class Snapshots(IOptions<MediaOptions> media)
{
    public PostSnapshot Of(Post row) => row.ToSnapshot(media.Value.PublicBaseUrl);

    public IReadOnlyList<PostSnapshot> Of(IEnumerable<Post> rows) => [.. rows.Select(Of)];
}
