using System.Globalization;
using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.TimelineService.Hydrating;

/// <summary>The internal calls of PostService that a timeline needs.</summary>
internal sealed class PostClient(IHttpClientFactory clients)
{
    internal const string Client = "posts";

    /// <summary>Those of <paramref name="ids"/> that exist, with their counts.</summary>
    public async Task<PostBatchResponse> BatchAsync(IReadOnlyList<PostId> ids, CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        List<PostSnapshot> posts = [];
        List<PostCounts> counts = [];
        foreach (var chunk in ids.Chunk(Batch.MaxIds))
        {
            using var response = await client.PostAsJsonAsync("/internal/posts/batch", new PostBatchRequest(chunk), PulseJson.Options, ct);
            response.EnsureSuccessStatusCode();
            var batch = (await response.Content.ReadFromJsonAsync<PostBatchResponse>(PulseJson.Options, ct))!;
            posts.AddRange(batch.Posts);
            counts.AddRange(batch.Counts ?? []);
        }

        return new PostBatchResponse(posts, counts);
    }

    /// <summary>What the viewer has done to posts, at most <see cref="Batch.MaxIds"/>.</summary>
    public async Task<MarksResponse> MarksAsync(UserId viewer, IReadOnlyList<PostId> posts, CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        using var response = await client.PostAsJsonAsync($"/internal/viewers/{viewer}/marks", new MarksRequest(posts), PulseJson.Options, ct);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<MarksResponse>(PulseJson.Options, ct))!;
    }

    /// <summary>The viewer's own committed posts, newest first, whether or not fan-out knows them; fewer than <paramref name="count"/> means that there are no more.</summary>
    public async Task<List<long>> OwnIdsAsync(UserId author, long before, int count, CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        List<long> ids = [];
        while (true)
        {
            var limit = Math.Min(count - ids.Count, Batch.MaxIds);
            var path = string.Create(CultureInfo.InvariantCulture, $"/internal/authors/{author.Value}/posts?before={before}&limit={limit}");
            var answer = await client.GetFromJsonAsync<AuthorPostIds>(path, PulseJson.Options, ct);
            ids.AddRange(answer!.Ids.Select(id => id.Value));
            if (answer.Ids.Count < limit || ids.Count >= count) return ids;

            before = ids[^1];
        }
    }
}
