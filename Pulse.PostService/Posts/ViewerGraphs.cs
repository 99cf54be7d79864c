using System.Net;
using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Posts;

/// <summary>Asks the rules about posts, and UserService about the viewer where the rules depend on it.</summary>
internal sealed class ViewerGraphs(IHttpClientFactory clients)
{
    private static readonly GraphSnapshot Nobody = new(Version: 0, []);

    // One per request, and a request has one viewer.
    private ViewerGraph? _fetched;

    /// <exception cref="DependencyUnavailableException">It depends on whom the viewer follows, and UserService is away.</exception>
    public async Task<bool> CanSeeAsync(UserId? viewer, PostSnapshot post, CancellationToken ct) =>
        PostVisibilityRules.CanSee(await ForAsync(viewer, [post], ct), post);

    /// <summary>A graph that decides about <paramref name="posts"/>; without a call when they are the viewer's own or public.</summary>
    /// <exception cref="DependencyUnavailableException">UserService is needed and away.</exception>
    public async Task<ViewerGraph> ForAsync(UserId? viewer, IEnumerable<PostSnapshot> posts, CancellationToken ct)
    {
        if (viewer is not { } reader) return ViewerGraph.Anonymous;
        if (posts.All(post => post.Visibility == PostVisibility.Public || post.AuthorId == reader)) return ViewerGraph.For(reader, Nobody);

        return _fetched ??= ViewerGraph.For(reader, await FetchAsync(reader, ct));
    }

    private async Task<GraphSnapshot> FetchAsync(UserId viewer, CancellationToken ct)
    {
        using var client = clients.CreateClient(UserServiceClient.Name);
        using var answer = await client.GetAsync(new Uri($"/internal/users/{viewer}/graph", UriKind.Relative), ct);
        // A token outlives its account by minutes; nobody follows anybody then.
        if (answer.StatusCode == HttpStatusCode.NotFound) return Nobody;

        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<GraphSnapshot>(PulseJson.Options, ct))!;
    }
}
