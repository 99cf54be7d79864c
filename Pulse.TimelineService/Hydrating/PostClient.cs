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

    /// <summary>Those of <paramref name="ids"/> that exist.</summary>
    public async Task<IReadOnlyList<PostSnapshot>> BatchAsync(IReadOnlyList<PostId> ids, CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        List<PostSnapshot> found = [];
        foreach (var chunk in ids.Chunk(Batch.MaxIds))
        {
            using var response = await client.PostAsJsonAsync("/internal/posts/batch", new PostBatchRequest(chunk), PulseJson.Options, ct);
            response.EnsureSuccessStatusCode();
            found.AddRange((await response.Content.ReadFromJsonAsync<PostBatchResponse>(PulseJson.Options, ct))!.Posts);
        }

        return found;
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
