using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Pulse.Gateway.RateLimiting;

/// <summary>
/// Counts calls per limit and caller: in Redis, together with the other gateways, and by itself while Redis is away. Each side goes on from
/// what it knows of the other, so an outage neither renews a window nor forgets what was used during it.
/// </summary>
internal sealed class CallLimiter : IDisposable
{
    // Bounds the memory by the callers of an hour.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<CallerKey, LocalWindow> _windows = new();
    private readonly SharedWindows _shared;
    private readonly RateLimitOptions _options;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweep;

    public CallLimiter(SharedWindows shared, IOptions<RateLimitOptions> options, TimeProvider clock)
    {
        (_shared, _options, _clock) = (shared, options.Value, clock);
        _sweep = clock.CreateTimer(_ => Sweep(), state: null, SweepInterval, SweepInterval);
    }

    /// <summary>How many windows are remembered.</summary>
    public int Remembered => _windows.Count;

    public async ValueTask<Verdict> CountAsync(LimitedCall call, string caller, CancellationToken ct)
    {
        var (key, limit, now) = (new CallerKey(call, caller), _options.For(call), _clock.GetUtcNow());
        var window = _windows.GetOrAdd(key, static _ => new LocalWindow());
        var (known, endsAt) = window.Known(now);
        if (await _shared.CountAsync(key, known > 0 ? endsAt - now : limit.Window, known, ct) is not { } counted) return window.Count(limit, _clock.GetUtcNow());

        // From before the round trip: rather end a window here a moment too early than take the old count into a new one.
        endsAt = now + counted.Left;
        var used = (int)Math.Min(counted.Used, limit.Calls);
        window.Adopt(used, endsAt, now);
        return new Verdict(counted.Used <= limit.Calls, limit, limit.Calls - used, endsAt);
    }

    public void Dispose() => _sweep.Dispose();

    /// <summary>Forgets the windows that are over.</summary>
    internal void Sweep()
    {
        var now = _clock.GetUtcNow();
        foreach (var (key, window) in _windows)
        {
            if (window.EndsAt + SweepInterval < now) _windows.TryRemove(key, out _);
        }
    }
}
