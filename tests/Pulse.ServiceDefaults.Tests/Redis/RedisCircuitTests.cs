using Microsoft.Extensions.Logging.Abstractions;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using Pulse.TestInfrastructure;
using StackExchange.Redis;

namespace Pulse.ServiceDefaults.Tests.Redis;

[Trait("Invariant", "30")]
public sealed class RedisCircuitTests
{
    private static readonly TimeSpan Forever = TimeSpan.FromHours(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redis_Away_CallersAreToldWhileItIsAndServedAfterwards(bool frozen)
    {
        await using var redis = await LocalRedis.CreateAsync(Ct);
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",abortConnect=false");
        using var circuit = new RedisCircuit(multiplexer, TimeProvider.System, NullLogger<RedisCircuit>.Instance);
        await Until.TrueAsync(() => circuit.TryRunAsync(db => db.PingAsync(), Ct), "Redis answers", Ct);

        if (frozen) redis.Pause();
        else await redis.KillAsync(Ct);

        var failure = await Assert.ThrowsAsync<DependencyUnavailableException>(() => circuit.RunAsync(db => db.PingAsync(), Ct));
        Assert.Equal("redis", failure.Dependency);
        Assert.True(circuit.FailedWithin(Forever));
        // Not even asked any more: a caller with endless patience would wait for ever.
        await Until.TrueAsync(() => IsRefusedAsync(circuit), "nobody is let through", Ct);
        Assert.False(await circuit.TryRunAsync(db => db.PingAsync(), Ct));

        if (frozen) redis.Resume();
        else await redis.StartAsync(Ct);

        await Until.TrueAsync(() => circuit.TryRunAsync(db => db.PingAsync(), Ct), "Redis answers again", Ct);
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task FailedWithin_FrozenWhileNobodyCalled_CountsFromTheThaw()
    {
        var recently = TimeSpan.FromSeconds(2);
        await using var redis = await LocalRedis.CreateAsync(Ct);
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",abortConnect=false");
        using var circuit = new RedisCircuit(multiplexer, TimeProvider.System, NullLogger<RedisCircuit>.Instance);
        await Until.TrueAsync(() => circuit.TryRunAsync(db => db.PingAsync(), Ct), "Redis answers", Ct);
        Assert.False(circuit.FailedWithin(Forever));

        redis.Pause();
        await Until.TrueAsync(() => circuit.FailedWithin(Forever), "the silence is noticed", Ct);
        await Until.TrueAsync(() => !circuit.FailedWithin(recently), "that is some time ago", Ct);
        redis.Resume();

        // What others wrote in vain they wrote until now.
        await Until.TrueAsync(() => circuit.FailedWithin(recently), "the end is noticed", Ct);
    }

    [Fact]
    public async Task Redis_OneSlowCall_DoesNotKeepOthersOut()
    {
        await using var redis = await LocalRedis.CreateAsync(Ct);
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        using var circuit = new RedisCircuit(multiplexer, TimeProvider.System, NullLogger<RedisCircuit>.Instance);
        var slow = new TaskCompletionSource<bool>();

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => circuit.RunAsync(_ => slow.Task, Ct));

        Assert.True(await circuit.TryRunAsync(db => db.PingAsync(), Ct));
    }

    private static async Task<bool> IsRefusedAsync(RedisCircuit circuit)
    {
        var asked = false;
        var done = await circuit.TryRunAsync(
            _ =>
            {
                asked = true;
                throw new TimeoutException();
            },
            Ct);
        return !asked && !done;
    }
}
