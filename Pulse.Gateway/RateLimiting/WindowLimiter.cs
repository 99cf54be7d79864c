using System.Threading.RateLimiting;

namespace Pulse.Gateway.RateLimiting;

/// <summary>
/// A fixed window that begins with the first call after the one before ended. Unlike the library's own
/// FixedWindowRateLimiter it tells what is left and until when, and its time is a <see cref="TimeProvider"/>.
/// </summary>
internal sealed class WindowLimiter(RateLimit limit, TimeProvider clock) : RateLimiter
{
    private readonly Lock _gate = new();
    private DateTimeOffset _endsAt = clock.GetUtcNow();
    private int _used;
    private long _acquired;
    private long _refused;

    /// <summary>Set once the window is over: nothing is lost when the limiter is then evicted.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_gate)
            {
                var idle = clock.GetUtcNow() - _endsAt;
                return idle >= TimeSpan.Zero ? idle : null;
            }
        }
    }

    public override RateLimiterStatistics GetStatistics()
    {
        lock (_gate)
        {
            return new RateLimiterStatistics { CurrentAvailablePermits = limit.Calls - _used, TotalSuccessfulLeases = _acquired, TotalFailedLeases = _refused };
        }
    }

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (now >= _endsAt)
            {
                _endsAt = now + limit.Window;
                _used = 0;
            }

            var acquired = permitCount <= limit.Calls - _used;
            if (acquired) _used += permitCount;
            if (acquired) _acquired++;
            else _refused++;
            return new WindowLease(acquired, limit, limit.Calls - _used, _endsAt);
        }
    }

    // Nobody queues: a call over the limit is refused at once.
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        ValueTask.FromResult(AttemptAcquireCore(permitCount));
}

/// <summary>The verdict about one call, and what the caller is told of his window.</summary>
internal sealed class WindowLease(bool isAcquired, RateLimit limit, int remaining, DateTimeOffset endsAt) : RateLimitLease
{
    public override bool IsAcquired => isAcquired;

    public RateLimit Limit => limit;

    public int Remaining => remaining;

    public DateTimeOffset EndsAt => endsAt;

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }
}
