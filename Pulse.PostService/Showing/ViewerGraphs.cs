using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Showing;

/// <summary>Asks the rules about posts, for the author's card, and for the viewer's graph where the rules depend on it.</summary>
internal sealed class ViewerGraphs(GraphCache graphs, AuthorCards cards)
{
    // One per request, and a request has one viewer.
    private ViewerGraph? _fetched;

    /// <returns>The card of the author, to show the post with; null when the viewer may not see it, or the author's account is gone.</returns>
    /// <exception cref="DependencyUnavailableException">It depends on the card or the viewer's graph, and UserService is away.</exception>
    public async Task<AuthorCard?> ShownByAsync(UserId? viewer, PostSnapshot post, CancellationToken ct) =>
        await cards.FindAsync(post.AuthorId, ct) is { } author && PostVisibilityRules.CanSee(await ForAsync(viewer, [post], ct), post, author) ? author : null;

    /// <summary>Whether the viewer may see the post; his own he may, whoever is away.</summary>
    /// <exception cref="DependencyUnavailableException">As above.</exception>
    public async Task<bool> CanSeeAsync(UserId viewer, PostSnapshot post, CancellationToken ct) =>
        viewer == post.AuthorId
            ? PostVisibilityRules.CanSee(await ForAsync(viewer, [post], ct), post, AuthorCard.Unknown(viewer))
            : await ShownByAsync(viewer, post, ct) is not null;

    /// <summary>A graph that decides about <paramref name="posts"/>; without a call when they are the viewer's own or nobody is known to view them.</summary>
    /// <exception cref="DependencyUnavailableException">UserService is needed and away.</exception>
    public async Task<ViewerGraph> ForAsync(UserId? viewer, IEnumerable<PostSnapshot> posts, CancellationToken ct)
    {
        if (viewer is not { } reader) return ViewerGraph.Anonymous;
        if (posts.All(post => post.AuthorId == reader)) return ViewerGraph.For(reader, new GraphSnapshot(Version: 0, []));

        return await OfAsync(reader, ct);
    }

    /// <summary>The viewer's graph, whatever it is to decide about.</summary>
    /// <exception cref="DependencyUnavailableException">UserService is needed and away.</exception>
    public async Task<ViewerGraph> OfAsync(UserId viewer, CancellationToken ct) => _fetched ??= await graphs.GetAsync(viewer, ct);
}
