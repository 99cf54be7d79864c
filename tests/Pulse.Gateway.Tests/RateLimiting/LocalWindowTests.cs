using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pulse.Gateway.RateLimiting;
using Pulse.Gateway.Tests.Hosting;
using Pulse.ServiceDefaults.Redis;
using Pulse.TestInfrastructure;
using StackExchange.Redis;

namespace Pulse.Gateway.Tests.RateLimiting;

public sealed class LocalWindowTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Count_WithinTheLimit_CountsDown()
    {
        var window = new LocalWindow();
        var limit = new RateLimit(3, TimeSpan.FromMinutes(1));

        var verdicts = Enumerable.Range(0, 4).Select(_ => window.Count(limit, _clock.GetUtcNow())).ToList();

        Assert.Equal([(true, 2), (true, 1), (true, 0), (false, 0)], verdicts.Select(verdict => (verdict.IsAllowed, verdict.Remaining)));
    }

    [Fact]
    public void Count_WindowOver_StartsAnew()
    {
        var window = new LocalWindow();
        var limit = new RateLimit(1, TimeSpan.FromMinutes(1));
        var start = _clock.GetUtcNow();
        Assert.Equal(start.AddMinutes(1), window.Count(limit, start).EndsAt);
        Assert.False(window.Count(limit, start.AddSeconds(59)).IsAllowed);

        var renewed = window.Count(limit, start.AddMinutes(1));

        Assert.True(renewed.IsAllowed);
        Assert.Equal(start.AddMinutes(2), renewed.EndsAt);
    }

    [Fact]
    public void Adopt_AnswersOutOfOrder_KeepTheHighestOfTheWindowAndForgetTheOneBefore()
    {
        var window = new LocalWindow();
        var now = _clock.GetUtcNow();

        window.Adopt(7, now.AddMinutes(1), now);
        window.Adopt(5, now.AddMinutes(1), now);
        Assert.Equal((7, now.AddMinutes(1)), window.Known(now));

        now = now.AddMinutes(1);
        Assert.Equal(0, window.Known(now).Used);
        window.Adopt(1, now.AddMinutes(1), now);
        Assert.Equal(1, window.Known(now).Used);
    }

    [Fact]
    public void Count_Concurrent_NeverExceedsTheLimit()
    {
        var window = new LocalWindow();
        var limit = new RateLimit(100, TimeSpan.FromHours(1));
        var allowed = 0;

        Parallel.For(0, 1000, _ =>
        {
            if (window.Count(limit, _clock.GetUtcNow()).IsAllowed) Interlocked.Increment(ref allowed);
        });

        Assert.Equal(100, allowed);
    }

    [Fact]
    public async Task Sweep_WindowsOver_AreForgottenAndOthersKept()
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        using var shared = new SharedWindows(services, Options.Create(new RateLimitOptions()), NullLogger<SharedWindows>.Instance);
        using var limiter = new CallLimiter(shared, Options.Create(new RateLimitOptions()), _clock);
        await limiter.CountAsync(LimitedCall.Login, "a:203.0.113.9", TestContext.Current.CancellationToken);
        await limiter.CountAsync(LimitedCall.Signup, "a:203.0.113.9", TestContext.Current.CancellationToken);
        Assert.Equal(2, limiter.Remembered);

        _clock.Advance(TimeSpan.FromMinutes(2));
        limiter.Sweep();

        Assert.Equal(1, limiter.Remembered);
    }

    [Fact]
    public async Task Count_SharedWindowOver_StartsAnew()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var redis = await LocalRedis.CreateAsync(ct);
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        using var circuit = new RedisCircuit(multiplexer, TimeProvider.System, NullLogger<RedisCircuit>.Instance);
        await using var services = new ServiceCollection().AddSingleton(circuit).BuildServiceProvider();
        using var shared = new SharedWindows(services, Options.Create(new RateLimitOptions()), NullLogger<SharedWindows>.Instance);
        await shared.StartAsync(ct);
        var (key, window) = (new CallerKey(LimitedCall.Post, "u:7"), TimeSpan.FromMilliseconds(300));
        await Until.TrueAsync(async () => await shared.CountAsync(key, window, known: 0, ct) is not null, "Redis counts", ct);

        // The known ones of a window that Redis has lost count on; a window that ended begins with its first call.
        Assert.Equal(11, (await shared.CountAsync(key, window, known: 10, ct))?.Used);
        await Until.TrueAsync(async () => await shared.CountAsync(key, window, known: 0, ct) is { Used: 1 } first && first.Left > TimeSpan.Zero, "the window ends", ct);
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
    [InlineData("203.0.113.9", "a:203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", "a:203.0.113.9")]
    [InlineData("2001:db8:1:2:3:4:5:6", "a:2001:db8:1:2::/64")]
    public void Address_Caller_IsAHostOrAnIPv6Network(string address, string expected)
    {
        Assert.Equal(expected, Caller.Address(IPAddress.Parse(address)));
    }
}
