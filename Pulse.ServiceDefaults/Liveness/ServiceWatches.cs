using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Pulse.ServiceDefaults.Liveness;

/// <summary>The watches of this process over other services, one for each HTTP client or address.</summary>
public sealed class ServiceWatches(IHttpClientFactory clients, TimeProvider clock, ILoggerFactory loggers) : IDisposable
{
    /// <summary>Marks a request as a probe: it goes out also to a service that is taken for dead.</summary>
    internal static readonly HttpRequestOptionsKey<bool> Probe = new("Pulse.Probe");

    // Together what a caller waits at the most. A service with much to do answers late, so most of it is patience.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    // The first requests after a start compile most of a service, and on a busy machine its probe waits behind them.
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(20);

    // A connection that leads nowhere; the next probe tries a new one. Longer than the patience with a young one.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<string, LifeWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>The watch over <paramref name="service"/> by way of the HTTP client <paramref name="client"/>, which knows its address.</summary>
    public LifeWatch Over(string client, string service) => Over(client, service, new Uri("/alive", UriKind.Relative), client);

    /// <summary>The watch over one process of <paramref name="service"/>.</summary>
    /// <param name="service">The name for problems and logs.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="client">The HTTP client to ask with.</param>
    public LifeWatch Over(string service, Uri address, string client) => Over(address.AbsoluteUri, service, new Uri(address, "/alive"), client);

    public void Dispose()
    {
        foreach (var watch in _watches.Values) watch.Dispose();
    }

    private LifeWatch Over(string key, string service, Uri path, string client)
    {
        if (_watches.TryGetValue(key, out var known)) return known;

        lock (_watches)
        {
            return _watches.GetOrAdd(key, _ => new LifeWatch(service, ct => AskAsync(client, path, ct), Interval, Patience, clock, Youth).Report(loggers));
        }
    }

    private async Task AskAsync(string client, Uri path, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(ProbeTimeout);
        using var sender = clients.CreateClient(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Options.Set(Probe, true);
        // Whatever it says: it speaks.
        using var answer = await sender.SendAsync(request, timeout.Token);
    }
}
