using System.Net.Http.Json;
using System.Security.Claims;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;

namespace Pulse.PostService.Posts;

/// <summary>What is shown of an author, and what the rules ask about him: from Redis, else from UserService, which fills Redis.</summary>
internal sealed partial class AuthorCards(IHttpClientFactory clients, RedisCircuit redis, ILogger<AuthorCards> logger)
{
    // Longer than UserService takes to write the cards of those who changed while Redis did not answer.
    private static readonly TimeSpan UnheardTime = TimeSpan.FromSeconds(5);

    /// <summary>The card, or null when there is no such user.</summary>
    /// <exception cref="DependencyUnavailableException">Redis has no card and UserService is away.</exception>
    public async Task<AuthorCard?> FindAsync(UserId user, CancellationToken ct)
    {
        byte[]? value = null;
        await redis.TryRunAsync(async db => value = await db.StringGetAsync(UserKeys.Card(user)), ct);
        var cached = value is null ? null : AuthorCard.Decode(value);
        // A Redis that thaws has its cards, also of who became private meanwhile; and an old version told nothing of that.
        if (cached is { Version: > 0 } && !redis.FailedWithin(UnheardTime)) return cached;

        try
        {
            return await AskAsync(user, ct);
        }
        catch (Exception exception) when (cached is not null && Outage.Is(exception))
        {
            // Nobody changes a profile while UserService is away.
            return cached;
        }
    }

    /// <summary>The caller's own card. He is shown as his token names him when nobody knows better: a written post is answered.</summary>
    public async Task<AuthorCard> OwnAsync(ClaimsPrincipal caller, CancellationToken ct)
    {
        var id = caller.Id();
        try
        {
            if (await FindAsync(id, ct) is { } card) return card;
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            LogFromToken(id, exception);
        }

        var username = caller.FindFirstValue(TokenContract.Username);
        return AuthorCard.Unknown(id, username);
    }

    private async Task<AuthorCard?> AskAsync(UserId user, CancellationToken ct)
    {
        using var client = clients.CreateClient(UserServiceClient.Name);
        using var answer = await client.PostAsJsonAsync("/internal/users/batch", new CardBatchRequest([user]), PulseJson.Options, ct);
        answer.EnsureSuccessStatusCode();
        var batch = await answer.Content.ReadFromJsonAsync<CardBatchResponse>(PulseJson.Options, ct);
        return batch!.Cards.FirstOrDefault(card => card.Id == user);
    }

    [LoggerMessage(4111, LogLevel.Warning, "The card of {UserId} comes from the token: neither Redis nor UserService has it")]
    private partial void LogFromToken(UserId userId, Exception exception);
}
