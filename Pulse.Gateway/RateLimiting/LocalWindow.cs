namespace Pulse.Gateway.RateLimiting;

/// <summary>
/// What this process knows of one caller's window: what the shared count said last, and what was counted here while that was not to be had.
/// A fixed window that begins with the first call after the one before ended.
/// </summary>
internal sealed class LocalWindow
{
    private readonly Lock _gate = new();
    private DateTimeOffset _endsAt;
    private int _used;

    /// <summary>When everything about it may be forgotten.</summary>
    public DateTimeOffset EndsAt
    {
        get
        {
            lock (_gate) return _endsAt;
        }
    }

    /// <summary>How many calls are known to be used up, at most the limit, and until when; none once the window is over.</summary>
    public (int Used, DateTimeOffset EndsAt) Known(DateTimeOffset now)
    {
        lock (_gate) return now < _endsAt ? (_used, _endsAt) : (0, now);
    }

    /// <summary>Counts a call here alone.</summary>
    public Verdict Count(RateLimit limit, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (now >= _endsAt) (_endsAt, _used) = (now + limit.Window, 0);
            var isAllowed = _used < limit.Calls;
            if (isAllowed) _used++;
            return new Verdict(isAllowed, limit, Math.Max(0, limit.Calls - _used), _endsAt);
        }
    }

    /// <summary>Takes over what all processes together have counted. Answers may come out of order, so a lower count of the same window changes nothing.</summary>
    public void Adopt(int used, DateTimeOffset endsAt, DateTimeOffset now)
    {
        lock (_gate)
        {
            _used = now < _endsAt ? Math.Max(_used, used) : used;
            _endsAt = endsAt;
        }
    }
}

/// <summary>The verdict about one call, and what the caller is told of his window.</summary>
internal readonly record struct Verdict(bool IsAllowed, RateLimit Limit, int Remaining, DateTimeOffset EndsAt);
