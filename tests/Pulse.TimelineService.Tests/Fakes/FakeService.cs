using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Pulse.Contracts;

namespace Pulse.TimelineService.Tests.Fakes;

/// <summary>How a fake service answers.</summary>
internal enum Health
{
    Up,

    /// <summary>Nobody listens.</summary>
    Refused,

    /// <summary>It answers 503: something that it needs is away.</summary>
    Unavailable,

    /// <summary>It takes calls and answers none, as a frozen process does.</summary>
    Silent,
}

/// <summary>The far side of an internal HTTP client.</summary>
internal abstract class FakeService : IDisposable
{
    private readonly ConcurrentBag<HttpMessageHandler> _handlers = [];

    public Health Health { get; set; }

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

    protected abstract Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, string[] path, CancellationToken ct);

    protected static HttpResponseMessage Json<T>(T body) => new(HttpStatusCode.OK) { Content = JsonContent.Create(body, options: PulseJson.Options) };

    protected static async Task<T> BodyAsync<T>(HttpRequestMessage request, CancellationToken ct) =>
        (await request.Content!.ReadFromJsonAsync<T>(PulseJson.Options, ct))!;

    private sealed class Calls(FakeService service) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => service.Health switch
        {
            Health.Silent => SilenceAsync(cancellationToken),
            Health.Refused => throw new HttpRequestException("Connection refused"),
            Health.Unavailable => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)),
            _ => service.AnswerAsync(request, request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries), cancellationToken),
        };

        private static async Task<HttpResponseMessage> SilenceAsync(CancellationToken ct)
        {
            await Task.Delay(Timeout.Infinite, ct);
            throw new InvalidOperationException("Nobody breaks the silence.");
        }
    }
}
