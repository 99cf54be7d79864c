using System.Net.Http.Json;
using System.Security.Claims;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Posts;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.PostService.Showing;

/// <summary>What is shown of an author, and what the rules ask about him: from Redis, else from UserService, which fills Redis.</summary>
internal sealed partial class AuthorCards(IHttpClientFactory clients, RedisCircuit redis, ILogger<AuthorCards> logger)
{
    // Longer than UserService takes to write the cards of those who changed while Redis did not answer.
    private static readonly TimeSpan UnheardTime = TimeSpan.FromSeconds(5);

    /// <summary>The card, or null when there is no such user.</summary>
    /// <exception cref="DependencyUnavailableException">Redis has no card and UserService is away.</exception>
    public async Task<AuthorCard?> FindAsync(UserId user, CancellationToken ct) => (await FindManyAsync([user], ct)).GetValueOrDefault(user);

    /// <summary>The cards of those of <paramref name="users"/> who exist.</summary>
    /// <exception cref="DependencyUnavailableException">Redis lacks one and UserService is away.</exception>
    public async Task<IReadOnlyDictionary<UserId, AuthorCard>> FindManyAsync(IReadOnlyList<UserId> users, CancellationToken ct)
    {
        if (users.Count == 0) return new Dictionary<UserId, AuthorCard>();

        var values = new RedisValue[users.Count];
        RedisKey[] keys = [.. users.Select(user => (RedisKey)UserKeys.Card(user))];
        await redis.TryRunAsync(async db => values = await db.StringGetAsync(keys), ct);
        var found = values.Where(value => value.HasValue).Select(value => AuthorCard.Decode((byte[])value!)).ToDictionary(card => card.Id);
        // A Redis that thaws has its cards, also of who became private meanwhile; and an old version told nothing of that.
        var proves = !redis.FailedWithin(UnheardTime);
        UserId[] open = [.. users.Where(user => !proves || found.GetValueOrDefault(user) is not { Version: > 0 })];
        if (open.Length == 0) return found;

        try
        {
            var told = await AskAsync(open, ct);
            // Whom their owner does not know any more has no card, whatever Redis says.
            foreach (var user in open) found.Remove(user);
            foreach (var card in told) found[card.Id] = card;
        }
        catch (Exception exception) when (open.All(found.ContainsKey) && Outage.Is(exception))
        {
            // Nobody changes a profile while UserService is away.
        }

        return found;
    }

    /// <summary>The same for a viewer: what is his own he sees whoever is away, named by his id when nobody knows better.</summary>
    /// <exception cref="DependencyUnavailableException">Redis lacks the card of somebody else and UserService is away.</exception>
    public async Task<IReadOnlyDictionary<UserId, AuthorCard>> FindForAsync(UserId? viewer, IReadOnlyList<UserId> users, CancellationToken ct)
    {
        try
        {
            return await FindManyAsync(users, ct);
        }
        catch (Exception exception) when (viewer is { } self && users.Contains(self) && Outage.Is(exception))
        {
            var others = await FindManyAsync([.. users.Where(user => user != self)], ct);
            return new Dictionary<UserId, AuthorCard>(others) { [self] = AuthorCard.Unknown(self) };
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

    private async Task<IReadOnlyList<AuthorCard>> AskAsync(UserId[] users, CancellationToken ct)
    {
        using var client = clients.CreateClient(UserServiceClient.Name);
        List<AuthorCard> told = [];
        foreach (var chunk in users.Chunk(Batch.MaxIds))
        {
            using var answer = await client.PostAsJsonAsync("/internal/users/batch", new CardBatchRequest(chunk), PulseJson.Options, ct);
            answer.EnsureSuccessStatusCode();
            told.AddRange((await answer.Content.ReadFromJsonAsync<CardBatchResponse>(PulseJson.Options, ct))!.Cards);
        }

        return told;
    }

    [LoggerMessage(4111, LogLevel.Warning, "The card of {UserId} comes from the token: neither Redis nor UserService has it")]
    private partial void LogFromToken(UserId userId, Exception exception);
}
