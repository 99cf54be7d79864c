using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Web;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.TimelineService.Tests.Fakes;

/// <summary>The graph and the cards of UserService.</summary>
internal sealed class FakeUserService : FakeService
{
    private readonly ConcurrentDictionary<UserId, Account> _accounts = [];
    private readonly ConcurrentDictionary<UserId, AuthorCard> _cards = [];
    private int _graphReads;

    /// <summary>Graphs sent in full; an unchanged one is not.</summary>
    public int GraphReads => _graphReads;

    /// <summary>False for the version before blocks were told in pages of graphs.</summary>
    public bool TellsBlocks { get; set; } = true;

    /// <summary>False for the version before mutes were told.</summary>
    public bool TellsMutes { get; set; } = true;

    public void Add(UserId user)
    {
        _cards[user] = new AuthorCard(user, $"user_{user}", $"Display of {user}", AvatarUrl: null, IsCelebrity: false, Version: 1);
        _accounts[user] = new Account(Version: 1, ImmutableSortedDictionary<UserId, DateTimeOffset>.Empty, [], [], ImmutableSortedDictionary<UserId, Mute>.Empty);
    }

    /// <returns>The new card.</returns>
    public AuthorCard ChangeCard(UserId user, Func<AuthorCard, AuthorCard> change) =>
        _cards.AddOrUpdate(user, _ => throw new InvalidOperationException("Nobody knows the user."), (_, card) => change(card) with { Version = card.Version + 1 });

    public AuthorStanding Standing(UserId user) => _cards[user].Standing;

    public long Mute(UserId muter, Mute mute) => Change(muter, account => account with { Mutes = account.Mutes.SetItem(mute.Id, mute) });

    public long Unmute(UserId muter, UserId muted) => Change(muter, account => account with { Mutes = account.Mutes.Remove(muted) });

    public Mute? MuteOf(UserId muter, UserId muted) => _accounts[muter].Mutes.GetValueOrDefault(muted);

    public long Follow(UserId follower, UserId followee, DateTimeOffset since) =>
        Change(follower, account => account with { Followees = account.Followees.SetItem(followee, since) });

    public long Unfollow(UserId follower, UserId followee) => Change(follower, account => account with { Followees = account.Followees.Remove(followee) });

    /// <returns>The new versions of both; a block ends both follows.</returns>
    public (long Blocker, long Blocked) Block(UserId blocker, UserId blocked) => (
        Change(blocker, account => account with { Followees = account.Followees.Remove(blocked), Blocks = account.Blocks.Add(blocked) }),
        Change(blocked, account => account with { Followees = account.Followees.Remove(blocker), BlockedBy = account.BlockedBy.Add(blocker) }));

    /// <returns>The new versions of both.</returns>
    public (long Blocker, long Blocked) Unblock(UserId blocker, UserId blocked) => (
        Change(blocker, account => account with { Blocks = account.Blocks.Remove(blocked) }),
        Change(blocked, account => account with { BlockedBy = account.BlockedBy.Remove(blocker) }));

    /// <summary>Whom a user follows, from whom a block of either keeps him apart, and whom he mutes.</summary>
    public (IReadOnlyList<Followee> Followees, IReadOnlyList<UserId> Apart, IReadOnlyList<Mute> Mutes) EdgesOf(UserId user)
    {
        var account = _accounts[user];
        return (
            [.. account.Followees.Select(pair => new Followee(pair.Key, pair.Value))],
            [.. account.Blocks.Union(account.BlockedBy)],
            [.. account.Mutes.Values]);
    }

    public bool Blocks(UserId blocker, UserId blocked) => _accounts[blocker].Blocks.Contains(blocked);

    public bool Follows(UserId follower, UserId followee) => _accounts[follower].Followees.ContainsKey(followee);

    protected override async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, string[] path, CancellationToken ct)
    {
        switch (path)
        {
            case ["internal", "users", "batch"]:
                var ids = (await BodyAsync<CardBatchRequest>(request, ct)).Ids;
                if (ids.Count > Batch.MaxIds) return new HttpResponseMessage(HttpStatusCode.BadRequest);
                return Json(new CardBatchResponse([.. ids.Where(_cards.ContainsKey).Select(id => _cards[id])]));
            case ["internal", "graphs"]:
                var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
                var after = query["after"] is { } last ? UserId.Parse(last, provider: null) : default;
                // Two at a time, so that a refill has pages.
                return Json(new GraphPage(
                [
                    .. _accounts.Where(pair => pair.Key > after).OrderBy(pair => pair.Key).Take(2)
                        .Select(pair => new UserGraph(
                            pair.Key, pair.Value.Version, [.. pair.Value.Followees.Select(edge => new Followee(edge.Key, edge.Value))], TellsBlocks ? [.. pair.Value.Blocks] : null,
                            TellsMutes ? [.. pair.Value.Mutes.Values] : null)),
                ]));
            case ["internal", "users", var id, "graph"] when UserId.TryParse(id, provider: null, out var user) && _accounts.TryGetValue(user, out var account):
                var tag = new EntityTagHeaderValue($"\"{account.Version}\"");
                if (request.Headers.IfNoneMatch.Contains(tag)) return new HttpResponseMessage(HttpStatusCode.NotModified);
                Interlocked.Increment(ref _graphReads);
                return Json(new GraphSnapshot(
                    account.Version,
                    [.. account.Followees.Select(pair => new Followee(pair.Key, pair.Value))],
                    [.. account.Blocks],
                    [.. account.BlockedBy],
                    TellsMutes ? [.. account.Mutes.Values] : null));
            default:
                return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    private long Change(UserId user, Func<Account, Account> change) =>
        _accounts.AddOrUpdate(
            user,
            _ => throw new InvalidOperationException("Nobody knows the user."),
            (_, account) => change(account) with { Version = account.Version + 1 }).Version;

    private sealed record Account(
        long Version,
        ImmutableSortedDictionary<UserId, DateTimeOffset> Followees,
        ImmutableSortedSet<UserId> Blocks,
        ImmutableSortedSet<UserId> BlockedBy,
        ImmutableSortedDictionary<UserId, Mute> Mutes);
}
