using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.PostService.Tests;

/// <summary>The calls that PostService makes to UserService.</summary>
internal sealed class FakeUserService : IDisposable
{
    private readonly ConcurrentDictionary<UserId, AuthorCard> _cards = [];
    private readonly ConcurrentDictionary<UserId, List<Followee>> _followees = [];
    private readonly ConcurrentDictionary<UserId, List<UserId>> _blocks = [];
    private readonly ConcurrentDictionary<UserId, List<Mute>> _mutes = [];
    private readonly ConcurrentDictionary<UserId, long> _versions = [];
    private readonly ConcurrentBag<HttpMessageHandler> _handlers = [];
    private readonly ConcurrentDictionary<(UserId User, long Order), StandingOrder> _orders = [];
    private int _graphReads;
    private int _nameReads;

    public bool IsAway { get; set; }

    /// <summary>Graphs sent in full; an unchanged one is not.</summary>
    public int GraphReads => _graphReads;

    /// <summary>Calls that asked whose names are.</summary>
    public int NameReads => _nameReads;

    /// <summary>Of whom every order is refused.</summary>
    public ConcurrentDictionary<UserId, bool> Protected { get; } = [];

    /// <summary>What was ordered about a user, each once.</summary>
    public IReadOnlyList<StandingOrder> OrdersAbout(UserId user) => [.. _orders.Where(order => order.Key.User == user).Select(order => order.Value).OrderBy(order => order.Id)];

    public void Add(UserId user, string username) =>
        _cards[user] = new AuthorCard(user, username, $"Display of {username}", AvatarUrl: null, IsCelebrity: false, Version: 1);

    /// <returns>The new card.</returns>
    public AuthorCard ChangeCard(UserId user, Func<AuthorCard, AuthorCard> change) => _cards[user] = change(_cards[user]) with { Version = _cards[user].Version + 1 };

    public void Remove(UserId user) => _cards.TryRemove(user, out _);

    public void Clear() => _cards.Clear();

    public void Follow(UserId follower, UserId followee)
    {
        _followees.GetOrAdd(follower, _ => []).Add(new Followee(followee, DateTimeOffset.UnixEpoch));
        Raise(follower);
    }

    public void Unfollow(UserId follower, UserId followee)
    {
        _followees[follower].RemoveAll(each => each.Id == followee);
        Raise(follower);
    }

    /// <returns>The version of both graphs that is the greater one.</returns>
    public long Block(UserId blocker, UserId blocked)
    {
        _blocks.GetOrAdd(blocker, _ => []).Add(blocked);
        return Math.Max(Raise(blocker), Raise(blocked));
    }

    public void Mute(UserId muter, UserId muted)
    {
        _mutes.GetOrAdd(muter, _ => []).Add(new Mute(muted));
        Raise(muter);
    }

    public void Unblock(UserId blocker, UserId blocked)
    {
        _blocks[blocker].Remove(blocked);
        Raise(blocker);
        Raise(blocked);
    }

    public HttpMessageHandler Handler()
    {
        var handler = new Calls(this);
        _handlers.Add(handler);
        return handler;
    }

    public void Dispose()
    {
        foreach (var handler in _handlers) handler.Dispose();
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (IsAway) throw new HttpRequestException("Connection refused");

        var path = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (path)
        {
            case ["internal", "users", "batch"]:
                var batch = (await request.Content!.ReadFromJsonAsync<CardBatchRequest>(PulseJson.Options, ct))!;
                return Json(new CardBatchResponse([.. batch.Ids.Where(_cards.ContainsKey).Select(id => _cards[id])]));
            case ["internal", "users", "by-usernames"]:
                var named = (await request.Content!.ReadFromJsonAsync<UsernameBatchRequest>(PulseJson.Options, ct))!;
                Interlocked.Increment(ref _nameReads);
                return Json(new CardBatchResponse(
                [
                    .. _cards.Values
                        .Where(card => named.Usernames.Contains(card.Username, StringComparer.OrdinalIgnoreCase) && card.Standing != AuthorStanding.Suspended)
                        .Where(card => named.For is not { } asker || !(IsBlocked(asker, card.Id) || IsBlocked(card.Id, asker))),
                ]));
            case ["internal", "users", var id, "graph"] when UserId.TryParse(id, provider: null, out var user) && _cards.ContainsKey(user):
                var version = _versions.GetValueOrDefault(user, 1);
                if (request.Headers.IfNoneMatch.Contains(new EntityTagHeaderValue($"\"{version}\""))) return new HttpResponseMessage(HttpStatusCode.NotModified);
                Interlocked.Increment(ref _graphReads);
                return Json(new GraphSnapshot(
                    version,
                    [.. _followees.GetValueOrDefault(user, [])],
                    [.. _blocks.GetValueOrDefault(user, [])],
                    [.. _blocks.Where(block => block.Value.Contains(user)).Select(block => block.Key)],
                    [.. _mutes.GetValueOrDefault(user, [])]));
            case ["internal", "admin", "users", var id, var standing] when UserId.TryParse(id, provider: null, out var user):
                return Json(new StandingOrderAnswer(Obey(user, standing, (await request.Content!.ReadFromJsonAsync<StandingOrder>(PulseJson.Options, ct))!)));
            default:
                return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    private bool IsBlocked(UserId blocker, UserId blocked) => _blocks.GetValueOrDefault(blocker, []).Contains(blocked);

    private StandingOrderOutcome Obey(UserId user, string standing, StandingOrder order)
    {
        if (!_cards.ContainsKey(user)) return StandingOrderOutcome.UnknownUser;
        if (Protected.ContainsKey(user)) return StandingOrderOutcome.Protected;
        if (_orders.TryAdd((user, order.Id), order) && !_orders.Keys.Any(known => known.User == user && known.Order > order.Id))
        {
            ChangeCard(user, card => card with
            {
                Standing = standing switch { "suspend" => AuthorStanding.Suspended, "limit" => AuthorStanding.Limited, _ => AuthorStanding.Active },
            });
        }

        return StandingOrderOutcome.Done;
    }

    private long Raise(UserId user) => _versions.AddOrUpdate(user, 2, (_, version) => version + 1);

    private static HttpResponseMessage Json<T>(T body) => new(HttpStatusCode.OK) { Content = JsonContent.Create(body, options: PulseJson.Options) };

    private sealed class Calls(FakeUserService service) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            service.AnswerAsync(request, cancellationToken);
    }
}
