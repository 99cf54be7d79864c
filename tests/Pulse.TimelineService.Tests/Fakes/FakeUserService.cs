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
    private int _graphReads;

    /// <summary>Graphs sent in full; an unchanged one is not.</summary>
    public int GraphReads => _graphReads;

    public void Add(UserId user) => _accounts[user] = new Account(Version: 1, ImmutableSortedDictionary<UserId, DateTimeOffset>.Empty);

    public long Follow(UserId follower, UserId followee, DateTimeOffset since) =>
        Change(follower, account => account.Followees.SetItem(followee, since));

    public long Unfollow(UserId follower, UserId followee) => Change(follower, account => account.Followees.Remove(followee));

    public bool Follows(UserId follower, UserId followee) => _accounts[follower].Followees.ContainsKey(followee);

    protected override async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, string[] path, CancellationToken ct)
    {
        switch (path)
        {
            case ["internal", "users", "batch"]:
                var ids = (await BodyAsync<CardBatchRequest>(request, ct)).Ids;
                if (ids.Count > Batch.MaxIds) return new HttpResponseMessage(HttpStatusCode.BadRequest);
                return Json(new CardBatchResponse([.. ids.Where(_accounts.ContainsKey).Select(Card)]));
            case ["internal", "graphs"]:
                var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
                var after = query["after"] is { } last ? UserId.Parse(last, provider: null) : default;
                // Two at a time, so that a refill has pages.
                return Json(new GraphPage(
                [
                    .. _accounts.Where(pair => pair.Key > after).OrderBy(pair => pair.Key).Take(2)
                        .Select(pair => new UserGraph(pair.Key, pair.Value.Version, [.. pair.Value.Followees.Select(edge => new Followee(edge.Key, edge.Value))])),
                ]));
            case ["internal", "users", var id, "graph"] when UserId.TryParse(id, provider: null, out var user) && _accounts.TryGetValue(user, out var account):
                var tag = new EntityTagHeaderValue($"\"{account.Version}\"");
                if (request.Headers.IfNoneMatch.Contains(tag)) return new HttpResponseMessage(HttpStatusCode.NotModified);
                Interlocked.Increment(ref _graphReads);
                return Json(new GraphSnapshot(account.Version, [.. account.Followees.Select(pair => new Followee(pair.Key, pair.Value))]));
            default:
                return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    private static AuthorCard Card(UserId user) => new(user, $"user_{user}", $"Display of {user}", AvatarUrl: null, IsCelebrity: false);

    private long Change(UserId follower, Func<Account, ImmutableSortedDictionary<UserId, DateTimeOffset>> change) =>
        _accounts.AddOrUpdate(
            follower,
            _ => throw new InvalidOperationException("Nobody knows the follower."),
            (_, account) => new Account(account.Version + 1, change(account))).Version;

    private sealed record Account(long Version, ImmutableSortedDictionary<UserId, DateTimeOffset> Followees);
}
