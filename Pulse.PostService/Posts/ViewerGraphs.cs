using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Posts;

/// <summary>Asks the rules about posts, and for the viewer's graph where the rules depend on it.</summary>
internal sealed class ViewerGraphs(GraphCache graphs)
{
    // One per request, and a request has one viewer.
    private ViewerGraph? _fetched;

    /// <exception cref="DependencyUnavailableException">It depends on the viewer's graph, and UserService is away.</exception>
    public async Task<bool> CanSeeAsync(UserId? viewer, PostSnapshot post, CancellationToken ct) =>
        PostVisibilityRules.CanSee(await ForAsync(viewer, [post], ct), post);

    /// <summary>A graph that decides about <paramref name="posts"/>; without a call when they are the viewer's own or nobody is known to view them.</summary>
    /// <exception cref="DependencyUnavailableException">UserService is needed and away.</exception>
    public async Task<ViewerGraph> ForAsync(UserId? viewer, IEnumerable<PostSnapshot> posts, CancellationToken ct)
    {
        if (viewer is not { } reader) return ViewerGraph.Anonymous;
        if (posts.All(post => post.AuthorId == reader)) return ViewerGraph.For(reader, new GraphSnapshot(Version: 0, []));

        return _fetched ??= await graphs.GetAsync(reader, ct);
    }
}
