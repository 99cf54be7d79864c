using Pulse.TestInfrastructure;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;

namespace Pulse.Timelines.Tests.Store;

public sealed class IncarnationTests(TimelineSlice slice)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "20")]
    public async Task CurrentAsync_RedisRestarted_IsAnotherLifeAndOldListsAreCold()
    {
        await using var server = await LocalRedis.CreateAsync(Ct);
        using var redis = await TimelineRedis.ConnectAsync(server);
        var store = redis.Store(new TimelineOptions());
        var key = TimelineKeys.Home(slice.NewUser());
        var token = await store.OpenAsync(key, Ct);
        await store.PublishAsync(key, token!.Value, [2, 1], floor: 0, Ct);
        var (before, elements) = (await redis.Incarnation.CurrentAsync(Ct), await redis.Multiplexer.GetDatabase().ListRangeAsync(key));
        Assert.Equal(TimelineState.Warm, TimelineList.Parse(elements, before).State);

        await server.KillAsync(Ct);
        await server.StartAsync(Ct);

        await Until.TrueAsync(async () => await LifeAsync(redis) is { } life && life != before, "the new life is known", Ct);
        Assert.Equal(TimelineState.Cold, (await redis.ReadAsync(key, Ct)).State);

        // As a restore from an old dump would do it.
        await redis.Multiplexer.GetDatabase().ListRightPushAsync(key, elements);
        Assert.Equal(TimelineState.Cold, (await redis.ReadAsync(key, Ct)).State);

        // Whoever finds it takes it over.
        Assert.NotNull(await store.OpenAsync(key, Ct));
        Assert.Equal(TimelineState.Open, (await redis.ReadAsync(key, Ct)).State);
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task CurrentAsync_TwoProcesses_Agree()
    {
        await using var server = await LocalRedis.CreateAsync(Ct);
        using var one = await TimelineRedis.ConnectAsync(server);
        using var other = await TimelineRedis.ConnectAsync(server);

        Assert.Equal(await one.Incarnation.CurrentAsync(Ct), await other.Incarnation.CurrentAsync(Ct));
        Assert.NotEqual(await slice.Redis.Incarnation.CurrentAsync(Ct), await one.Incarnation.CurrentAsync(Ct));
    }

    private static async Task<ulong?> LifeAsync(TimelineRedis redis)
    {
        try
        {
            return await redis.Incarnation.CurrentAsync(Ct);
        }
        catch (ServiceDefaults.Problems.DependencyUnavailableException)
        {
            return null;
        }
    }
}
