using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using StackExchange.Redis;

namespace Pulse.FanoutWorker.Tests.Consuming;

/// <summary>What the worker tells readers of how far it has come.</summary>
[Trait("Invariant", "21")]
public sealed class ProgressBeatTests(FanoutApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beat_NothingToDo_MovesOn()
    {
        var first = await UntilHeardAsync(shared.Cache, _ => true, "the worker has spoken");

        await UntilHeardAsync(shared.Cache, progress => progress.Before > first.Before && progress.ValidUntil > progress.Before, "it has spoken again");
    }

    [Fact]
    public async Task Beat_PostgresAway_StaysAtTheEventThatWaits()
    {
        await using var app = await FanoutApp.CreateAsync();
        await UntilHeardAsync(app.Cache, _ => true, "the worker has spoken");
        await app.Postgres.KillAsync(Ct);
        var post = app.NewPost(app.NewUser());
        await app.PublishAsync(post, Ct);
        var published = TimeProvider.System.GetUtcNow();

        // Long after an empty poll would have moved it.
        var still = await UntilHeardAsync(app.Cache, progress => progress.ValidUntil > published.AddSeconds(16), "the worker has spoken for some time");
        Assert.True(still.Before <= published, $"The worker says {still.Before:O} with an event of {published:O} in hand.");

        await app.Postgres.StartAsync(Ct);
        await UntilHeardAsync(app.Cache, progress => progress.Before > published, "it has caught up");
    }

    [Fact]
    public async Task Beat_WorkerIsStopped_TakesItsWordBack()
    {
        var app = await FanoutApp.CreateAsync();
        using var cache = await ConnectionMultiplexer.ConnectAsync(app.Redis.ConnectionString);
        await UntilHeardAsync(cache.GetDatabase(), _ => true, "the worker has spoken");
        await cache.GetDatabase().HashSetAsync(FanoutProgress.Handled, "long gone", new WorkerProgress(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch).Encode());
        await Until.TrueAsync(async () => await cache.GetDatabase().HashLengthAsync(FanoutProgress.Handled) == 1, "it has forgotten who is long gone", Ct);

        await app.StopWorkerAsync();

        Assert.Equal(0, await cache.GetDatabase().HashLengthAsync(FanoutProgress.Handled));
        await app.DisposeAsync();
    }

    private static async Task<WorkerProgress> UntilHeardAsync(IDatabase cache, Func<WorkerProgress, bool> condition, string what)
    {
        WorkerProgress heard = default;
        await Until.TrueAsync(
            async () =>
            {
                var fields = await cache.HashGetAllAsync(FanoutProgress.Handled);
                return fields.Length == 1 && WorkerProgress.Decode(fields[0].Value) is { } progress && condition(heard = progress);
            },
            what,
            Ct);
        return heard;
    }
}
