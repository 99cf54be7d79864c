using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Caching.Memory;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Posts;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using Pulse.Visibility;

namespace Pulse.PostService.Showing;

/// <summary>
/// Graphs of viewers in process. One is valid only while its version is the one in <c>u:gv</c> and it was confirmed less
/// than five seconds ago; otherwise one conditional GET to UserService. While that is away the last one goes on,
/// unless <c>u:gv</c> tells of a newer one.
/// </summary>
internal sealed class GraphCache(IHttpClientFactory clients, RedisCircuit redis, TimeProvider clock) : IDisposable
{
    // Users kept in total, about 50 bytes each.
    private const long Capacity = 1_000_000;
    private static readonly TimeSpan Revalidate = TimeSpan.FromSeconds(5);

    private readonly MemoryCache _graphs = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <exception cref="DependencyUnavailableException">UserService is needed and away.</exception>
    public async Task<ViewerGraph> GetAsync(UserId viewer, CancellationToken ct)
    {
        var version = await VersionAsync(viewer, ct);
        var known = _graphs.TryGetValue(viewer, out Confirmed? confirmed) ? confirmed : null;
        if (known is not null && known.Graph.Version == version && clock.GetUtcNow() - known.At < Revalidate) return known.Graph;

        try
        {
            var graph = await FetchAsync(viewer, known?.Graph, ct);
            _graphs.Set(viewer, new Confirmed(graph, clock.GetUtcNow()), new MemoryCacheEntryOptions
            {
                Size = graph.Size + 1,
                SlidingExpiration = TimeSpan.FromMinutes(10),
            });
            return graph;
        }
        catch (Exception exception) when (known is not null && !(version > known.Graph.Version) && Outage.Is(exception))
        {
            // Nobody can follow or block while UserService is away, so the last graph is still the truth.
            return known.Graph;
        }
    }

    public void Dispose() => _graphs.Dispose();

    /// <summary>What <c>u:gv</c> says; null when it says nothing, or failed so lately that it may not have heard of a change.</summary>
    private async Task<long?> VersionAsync(UserId viewer, CancellationToken ct)
    {
        string? value = null;
        await redis.TryRunAsync(async db => value = await db.StringGetAsync(UserKeys.GraphVersion(viewer)), ct);
        return !redis.FailedWithin(Revalidate) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }

    private async Task<ViewerGraph> FetchAsync(UserId viewer, ViewerGraph? known, CancellationToken ct)
    {
        using var client = clients.CreateClient(UserServiceClient.Name);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/internal/users/{viewer}/graph");
        if (known is not null) request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{known.Version}\"")));

        using var answer = await client.SendAsync(request, ct);
        if (answer.StatusCode == HttpStatusCode.NotModified && known is not null) return known;

        // A token outlives its account by minutes; nobody follows anybody then.
        if (answer.StatusCode == HttpStatusCode.NotFound) return ViewerGraph.For(viewer, new GraphSnapshot(Version: 0, []));

        answer.EnsureSuccessStatusCode();
        return ViewerGraph.For(viewer, (await answer.Content.ReadFromJsonAsync<GraphSnapshot>(PulseJson.Options, ct))!);
    }

    private sealed record Confirmed(ViewerGraph Graph, DateTimeOffset At);
}
