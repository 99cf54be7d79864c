using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.TimelineService.Candidates;

namespace Pulse.TimelineService.Tests.Candidates;

/// <summary>What a page says when events are long on their way.</summary>
[Trait("Invariant", "21")]
[Trait("Invariant", "30")]
public sealed class FanoutLagTests(FeedApp shared) : IAsyncLifetime
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(1);

    private FeedApp _app = null!;
    private TestUser _reader = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await FeedApp.CreateAsync(shared.Postgres, ("Feed:FanoutLag", $"{Tolerated:c}"));
        _reader = _app.NewUser();
        await _app.World.PostManyAsync(_reader, 3, Ct);
        // The first read fills the list.
        await _reader.ReadAsync(Ct);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Read_EveryStageIsUpToDate_SaysNothing()
    {
        await PublishedAsync(FanoutProgress.PostsPublished, ago: TimeSpan.Zero);
        await PublishedAsync(FanoutProgress.UsersPublished, ago: TimeSpan.Zero);
        await HandledAsync("one", ago: TimeSpan.Zero);
        await HandledAsync("two", ago: Tolerated / 2);

        await UntilLagIsAsync(Tolerated / 2);
        var page = await _reader.ReadAsync(Ct);

        Assert.Equal(("cache", "0"), (page.Source, page.CompleteSince));
        Assert.Empty(page.Degraded);
    }

    [Theory]
    [InlineData(FanoutProgress.PostsPublished)]
    [InlineData(FanoutProgress.UsersPublished)]
    [InlineData(FanoutProgress.Handled)]
    public async Task Read_OneStageLags_SaysSoAndVouchesForNothing(string stage)
    {
        await PublishedAsync(FanoutProgress.PostsPublished, ago: TimeSpan.Zero);
        await PublishedAsync(FanoutProgress.UsersPublished, ago: TimeSpan.Zero);
        await HandledAsync("one", ago: TimeSpan.Zero);
        if (stage == FanoutProgress.Handled) await HandledAsync("two", ago: 2 * Tolerated);
        else await PublishedAsync(stage, ago: 2 * Tolerated);
        await UntilLagIsAsync(2 * Tolerated);

        var page = await _reader.ReadAsync(Ct);

        Assert.Equal(3, page.Ids.Count);
        Assert.Null(page.CompleteSince);
        Assert.Equal(["fanout-lag"], page.Degraded);

        if (stage == FanoutProgress.Handled) await HandledAsync("two", ago: TimeSpan.Zero);
        else await PublishedAsync(stage, ago: TimeSpan.Zero);
        await Until.TrueAsync(async () => await _reader.ReadAsync(Ct) is { Degraded: [], CompleteSince: "0" }, "it has caught up", Ct);
    }

    [Fact]
    public async Task Read_AWorkerDiedAndAnotherHasItsMessages_SaysNothing()
    {
        await HandledAsync("dead", ago: 2 * Tolerated, validFor: -Tolerated);
        await HandledAsync("alive", ago: Tolerated / 2);

        await UntilLagIsAsync(Tolerated / 2);
        Assert.Empty((await _reader.ReadAsync(Ct)).Degraded);
    }

    [Fact]
    public async Task Read_EveryWorkerDied_SaysSo()
    {
        await HandledAsync("one", ago: 2 * Tolerated, validFor: -Tolerated);
        await HandledAsync("two", ago: 3 * Tolerated, validFor: -Tolerated);

        await UntilLagIsAsync(2 * Tolerated);
        Assert.Equal(["fanout-lag"], (await _reader.ReadAsync(Ct)).Degraded);
    }

    [Fact]
    public async Task Read_RedisCameBackEmptyAfterALag_StillSaysIt()
    {
        await HandledAsync("one", ago: 2 * Tolerated);
        await UntilLagIsAsync(2 * Tolerated);
        await _app.Cache.ExecuteAsync("FLUSHALL");

        Assert.Contains("fanout-lag", (await _reader.ReadAsync(Ct)).Degraded);
    }

    [Fact]
    public async Task Read_RedisIsAwayAfterALag_SaysBoth()
    {
        await HandledAsync("one", ago: 2 * Tolerated);
        await UntilLagIsAsync(2 * Tolerated);
        await _app.Redis.KillAsync(Ct);

        Assert.Equal(["cache", "fanout-lag"], (await _reader.ReadAsync(Ct)).Degraded);
    }

    [Fact]
    public async Task Read_NobodyEverSaidAnything_LagsFromTheStartOfTheProcess()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres, ("Feed:FanoutLag", "00:00:01"));
        var reader = app.NewUser();

        await Until.TrueAsync(async () => (await reader.ReadAsync(Ct)).Degraded is ["fanout-lag"], "the page says that nobody works", Ct);
    }

    private Task UntilLagIsAsync(TimeSpan lag) => Until.TrueAsync(
        () => _app.Services.GetRequiredService<FanoutLag>().Current is var current && current >= lag && current < lag + (Tolerated / 4),
        "the service has heard of it",
        Ct);

    private Task PublishedAsync(string key, TimeSpan ago) => _app.Cache.StringSetAsync(key, FanoutProgress.Encode(TimeProvider.System.GetUtcNow() - ago));

    private Task HandledAsync(string worker, TimeSpan ago, TimeSpan? validFor = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        return _app.Cache.HashSetAsync(FanoutProgress.Handled, worker, new WorkerProgress(now - ago, now + (validFor ?? Tolerated)).Encode());
    }
}
