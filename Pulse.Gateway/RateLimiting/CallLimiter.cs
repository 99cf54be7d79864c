using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Pulse.Gateway.RateLimiting;

/// <summary>Counts calls per limit and caller. Callers whose window is over are evicted after some seconds, which bounds memory by the callers of an hour.</summary>
internal sealed class CallLimiter(IOptions<RateLimitOptions> options, TimeProvider clock) : IDisposable
{
    private readonly PartitionedRateLimiter<CallerKey> _callers = PartitionedRateLimiter.Create<CallerKey, CallerKey>(
        key => RateLimitPartition.Get(key, newKey => new WindowLimiter(options.Value.For(newKey.Call), clock)));

    public WindowLease Count(LimitedCall call, string caller) => (WindowLease)_callers.AttemptAcquire(new CallerKey(call, caller));

    /// <summary>What is remembered of a caller; nothing once he was evicted.</summary>
    public long Remembered(LimitedCall call, string caller) => _callers.GetStatistics(new CallerKey(call, caller))!.TotalSuccessfulLeases;

    public void Dispose() => _callers.Dispose();

    private readonly record struct CallerKey(LimitedCall Call, string Caller);
}
