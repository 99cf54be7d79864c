using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.TimelineService.Hydrating;

/// <summary>The internal call of UserService that shows authors.</summary>
internal sealed class CardClient(IHttpClientFactory clients)
{
    internal const string Client = "users";

    /// <summary>Those of <paramref name="ids"/> that exist.</summary>
    public async Task<IReadOnlyList<AuthorCard>> BatchAsync(IReadOnlyList<UserId> ids, CancellationToken ct)
    {
        using var client = clients.CreateClient(Client);
        List<AuthorCard> found = [];
        foreach (var chunk in ids.Chunk(Batch.MaxIds))
        {
            using var response = await client.PostAsJsonAsync("/internal/users/batch", new CardBatchRequest(chunk), PulseJson.Options, ct);
            response.EnsureSuccessStatusCode();
            found.AddRange((await response.Content.ReadFromJsonAsync<CardBatchResponse>(PulseJson.Options, ct))!.Cards);
        }

        return found;
    }
}
