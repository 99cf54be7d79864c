using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.PostService.Posts;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Texts;

/// <summary>Asks UserService who bears a name.</summary>
internal sealed class MentionedUsers(IHttpClientFactory clients)
{
    /// <summary>Whom an author mentions by <paramref name="names"/>: neither himself, nor whom a block keeps apart from him, nor who is suspended.</summary>
    /// <param name="author">Who mentions.</param>
    /// <param name="names">In lower case.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>In the order of the names.</returns>
    /// <exception cref="DependencyUnavailableException">UserService is away.</exception>
    public async Task<IReadOnlyList<UserId>> FindAsync(UserId author, IReadOnlyList<string> names, CancellationToken ct)
    {
        var users = await AskAsync(new UsernameBatchRequest(names, author), ct);
        return [.. names.Where(users.ContainsKey).Select(name => users[name]).Where(user => user != author)];
    }

    /// <summary>The user of that name; null when there is none.</summary>
    /// <exception cref="DependencyUnavailableException">UserService is away.</exception>
    public async Task<UserId?> FindAsync(string name, CancellationToken ct) =>
        (await AskAsync(new UsernameBatchRequest([name]), ct)).TryGetValue(name.ToLowerInvariant(), out var user) ? user : null;

    private async Task<Dictionary<string, UserId>> AskAsync(UsernameBatchRequest request, CancellationToken ct)
    {
        using var client = clients.CreateClient(UserServiceClient.Name);
        using var answer = await client.PostAsJsonAsync("/internal/users/by-usernames", request, PulseJson.Options, ct);
        // A version of before, during a deployment, does not know the call.
        if (answer.StatusCode == System.Net.HttpStatusCode.NotFound) throw new DependencyUnavailableException("users");

        answer.EnsureSuccessStatusCode();
        var cards = (await answer.Content.ReadFromJsonAsync<CardBatchResponse>(PulseJson.Options, ct))!.Cards;
        return cards.ToDictionary(card => card.Username.ToLowerInvariant(), card => card.Id);
    }
}
