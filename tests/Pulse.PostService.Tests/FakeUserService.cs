using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.PostService.Tests;

/// <summary>The two calls that PostService makes to UserService.</summary>
internal sealed class FakeUserService : IDisposable
{
    private readonly ConcurrentDictionary<UserId, AuthorCard> _cards = [];
    private readonly ConcurrentDictionary<UserId, List<Followee>> _followees = [];
    private readonly ConcurrentBag<HttpMessageHandler> _handlers = [];

    public bool IsAway { get; set; }

    public void Add(UserId user, string username) => _cards[user] = new AuthorCard(user, username, $"Display of {username}", AvatarUrl: null, IsCelebrity: false);

    public void Remove(UserId user) => _cards.TryRemove(user, out _);

    public void Follow(UserId follower, UserId followee) => _followees.GetOrAdd(follower, _ => []).Add(new Followee(followee, DateTimeOffset.UnixEpoch));

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
            case ["internal", "users", var id, "graph"] when UserId.TryParse(id, provider: null, out var user) && _cards.ContainsKey(user):
                return Json(new GraphSnapshot(Version: 1, [.. _followees.GetValueOrDefault(user, [])]));
            default:
                return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    private static HttpResponseMessage Json<T>(T body) => new(HttpStatusCode.OK) { Content = JsonContent.Create(body, options: PulseJson.Options) };

    private sealed class Calls(FakeUserService service) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            service.AnswerAsync(request, cancellationToken);
    }
}
