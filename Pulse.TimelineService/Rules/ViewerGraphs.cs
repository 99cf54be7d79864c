using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Caching.Memory;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.ServiceDefaults.Problems;
using Pulse.Timelines.Graph;
using Pulse.Visibility;

namespace Pulse.TimelineService.Rules;

/// <summary>
/// The viewer's graph in process. Valid only while its version is the one in <c>u:gv</c> and it was confirmed less than
/// five seconds ago; otherwise one conditional GET to UserService. While UserService is away the last one goes on,
/// and without a last one the projection does. A last one that may be older than the latest change also heeds the blocks and the
/// newer follows and mutes of the projection; one that is known to be older does not go on without them.
/// </summary>
internal sealed class ViewerGraphs(IHttpClientFactory clients, FollowEdges follows, BlockEdges blocks, MuteEdges mutes, TimeProvider clock) : IDisposable
{
    internal const string Client = "graph";

    // Users kept in total, about 50 bytes each.
    private const long Capacity = 2_000_000;
    private static readonly TimeSpan Revalidate = TimeSpan.FromSeconds(5);

    private readonly MemoryCache _graphs = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <param name="viewer">Whose graph.</param>
    /// <param name="version">What <c>u:gv</c> says; null when unknown.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>The graph, and whether it could not be confirmed.</returns>
    public async Task<(ViewerGraph Graph, bool Degraded)> GetAsync(UserId viewer, long? version, CancellationToken ct)
    {
        var known = _graphs.TryGetValue(viewer, out Confirmed? confirmed) ? confirmed : null;
        if (known is not null && known.Graph.Version == version && clock.GetUtcNow() - known.At < Revalidate) return (known.Graph, false);

        try
        {
            var graph = await FetchAsync(viewer, known?.Graph, ct);
            _graphs.Set(viewer, new Confirmed(graph, clock.GetUtcNow()), new MemoryCacheEntryOptions
            {
                Size = graph.Size + 1,
                SlidingExpiration = TimeSpan.FromMinutes(10),
            });
            return (graph, false);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            return (await LastAsync(viewer, known?.Graph, version, ct), true);
        }
    }

    public void Dispose() => _graphs.Dispose();

    /// <summary>The best that is known without UserService. Nobody can follow, block or mute while it is away.</summary>
    private async Task<ViewerGraph> LastAsync(UserId viewer, ViewerGraph? known, long? version, CancellationToken ct)
    {
        if (known is null)
        {
            return ViewerGraph.For(
                viewer, new GraphSnapshot(0, await follows.FolloweesAsync(viewer, ct), await blocks.ApartAsync(viewer, ct), Mutes: await mutes.MutesAsync(viewer, ct)));
        }

        if (version <= known.Version) return known;

        // Nobody vouches for the last graph: a block, a mute or the end of a follow may have come between it and the outage.
        try
        {
            return known
                .After(await follows.ChangesAsync(viewer, known.Version, ct))
                .After(await mutes.ChangesAsync(viewer, known.Version, ct))
                .ApartFrom(await blocks.ApartAsync(viewer, ct));
        }
        catch (Exception exception) when (Outage.Is(exception) && version is null)
        {
            // Nothing says that anything came between. Where u:gv tells of a newer graph no page is better than one with a blocked author's posts.
            return known;
        }
    }

    private async Task<ViewerGraph> FetchAsync(UserId viewer, ViewerGraph? known, CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/internal/users/{viewer}/graph");
        if (known is not null) request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{known.Version}\"")));

        using var response = await client.SendAsync(request, ct);
        if (response.StatusCode == HttpStatusCode.NotModified && known is not null) return known;

        // A token outlives its account by some minutes; nobody is followed by nobody.
        if (response.StatusCode == HttpStatusCode.NotFound) return ViewerGraph.For(viewer, new GraphSnapshot(0, []));

        response.EnsureSuccessStatusCode();
        var snapshot = await response.Content.ReadFromJsonAsync<GraphSnapshot>(PulseJson.Options, ct);
        return ViewerGraph.For(viewer, snapshot!);
    }

    private sealed record Confirmed(ViewerGraph Graph, DateTimeOffset At);
}
