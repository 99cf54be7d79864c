using System.Net;
using Microsoft.Extensions.Options;
using Pulse.Gateway.RateLimiting;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure;

namespace Pulse.Gateway.Tests.RateLimiting;

public sealed class WindowLimiterTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void AttemptAcquire_WithinTheLimit_CountsDown()
    {
        using var limiter = new WindowLimiter(new RateLimit(3, TimeSpan.FromMinutes(1)), _clock);

        Assert.Equal([(true, 2), (true, 1), (true, 0), (false, 0)], Enumerable.Range(0, 4).Select(_ => Acquire(limiter)).Select(lease => (lease.IsAcquired, lease.Remaining)));
    }

    [Fact]
    public void AttemptAcquire_WindowOver_StartsAnew()
    {
        using var limiter = new WindowLimiter(new RateLimit(1, TimeSpan.FromMinutes(1)), _clock);
        var start = _clock.GetUtcNow();
        Assert.Equal(start.AddMinutes(1), Acquire(limiter).EndsAt);

        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(Acquire(limiter).IsAcquired);
        _clock.Advance(TimeSpan.FromSeconds(1));

        var renewed = Acquire(limiter);
        Assert.True(renewed.IsAcquired);
        Assert.Equal(start.AddMinutes(2), renewed.EndsAt);
    }

    [Fact]
    public void IdleDuration_WindowRunning_ForbidsEviction()
    {
        using var limiter = new WindowLimiter(new RateLimit(1, TimeSpan.FromHours(1)), _clock);
        Acquire(limiter);

        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Null(limiter.IdleDuration);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.FromMinutes(1), limiter.IdleDuration);
    }

    [Fact]
    public void AttemptAcquire_Concurrent_NeverExceedsTheLimit()
    {
        using var limiter = new WindowLimiter(new RateLimit(100, TimeSpan.FromHours(1)), _clock);
        var acquired = 0;

        Parallel.For(0, 1000, _ =>
        {
            if (Acquire(limiter).IsAcquired) Interlocked.Increment(ref acquired);
        });

        Assert.Equal(100, acquired);
        Assert.Equal(900, limiter.GetStatistics().TotalFailedLeases);
    }

    [Fact]
    public async Task Count_CallerAwayForLong_IsForgotten()
    {
        using var limiter = new CallLimiter(Options.Create(new RateLimitOptions()), _clock);
        limiter.Count(LimitedCall.Login, "address 203.0.113.9");
        Assert.Equal(1, limiter.Remembered(LimitedCall.Login, "address 203.0.113.9"));

        _clock.Advance(TimeSpan.FromMinutes(2));

        await Until.TrueAsync(() => limiter.Remembered(LimitedCall.Login, "address 203.0.113.9") == 0, "the caller is evicted", TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(0.25, 2)]
    [InlineData(0.001, 1)]
    [InlineData(1000, 10_000)]
    [InlineData(1_000_000, 10_000_000)]
    public void For_Scaled_MultipliesAndNeverReachesZero(double scale, int expected)
    {
        Assert.Equal(new RateLimit(expected, TimeSpan.FromMinutes(1)), new RateLimitOptions { Scale = scale }.For(LimitedCall.Login));
    }

    [Fact]
    public void For_Default_IsTheContract()
    {
        var options = new RateLimitOptions();

        Assert.Equal(new RateLimit(10, TimeSpan.FromMinutes(1)), options.For(LimitedCall.Login));
        Assert.Equal(new RateLimit(5, TimeSpan.FromHours(1)), options.For(LimitedCall.Signup));
        Assert.Equal(new RateLimit(60, TimeSpan.FromHours(1)), options.For(LimitedCall.Post));
        Assert.Equal(new RateLimit(200, TimeSpan.FromHours(1)), options.For(LimitedCall.Follow));
        Assert.Equal(new RateLimit(1000, TimeSpan.FromHours(1)), options.For(LimitedCall.Like));
        Assert.Equal(new RateLimit(600, TimeSpan.FromMinutes(1)), options.For(LimitedCall.EverythingElse));
    }

    [Theory]
    [InlineData("203.0.113.9", "address 203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", "address 203.0.113.9")]
    [InlineData("2001:db8:1:2:3:4:5:6", "address 2001:db8:1:2::/64")]
    public void Address_Caller_IsAHostOrAnIPv6Network(string address, string expected)
    {
        Assert.Equal(expected, Caller.Address(IPAddress.Parse(address)));
    }

    private static WindowLease Acquire(WindowLimiter limiter) => (WindowLease)limiter.AttemptAcquire();
}
