using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Pulse.TestInfrastructure;
using Pulse.Timelines;
using StackExchange.Redis;

namespace Pulse.TimelineService.Tests.Faults;

public sealed class RedisAwayTests(FeedApp shared)
{
    // A few calls of 250 ms each until the circuit opens.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "11")]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "30")]
    public async Task Read_RedisAway_ComesFromPostgresAndHealsByItself(bool frozen)
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 30, Ct);
        await app.World.PostAsync(author, Ct, mode: FanoutMode.Pull);
        await reader.ReadAsync(Ct);
        Assert.Equal("cache", (await reader.ReadAsync(Ct, limit: 10)).Source);

        if (frozen) app.Redis.Pause();
        else await app.Redis.KillAsync(Ct);

        // Neither planned nor in his tail: only PostService knows it.
        app.World.CommitPost(reader);
        for (var read = 0; read < 4; read++)
        {
            var watch = Stopwatch.StartNew();
            var page = await reader.ReadAsync(Ct, limit: 10);
            Assert.True(watch.Elapsed < Patience, $"A read took {watch.Elapsed}.");
            Assert.Equal(app.World.Oracle(reader).Take(10), page.Ids);
            Assert.Equal(("database", (string?)null), (page.Source, page.CompleteSince));
            Assert.Equal(["cache"], page.Degraded);
        }

        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit: 7, Ct));

        if (frozen) app.Redis.Resume();
        else await app.Redis.StartAsync(Ct);

        // Frozen, it comes back with its lists, and his own post is in none of them until it is planned.
        var healed = frozen ? "mixed" : "cache";
        await Until.TrueAsync(
            async () => await reader.ReadAsync(Ct, limit: 10) is { Degraded: [] } page && page.Source == healed,
            "the cache answers again",
            Ct);
        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit: 7, Ct));
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task Read_DeletedWhileRedisWasFrozen_StaysAwayWhenItThaws()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 3, Ct);
        var deleted = await app.World.PostAsync(author, Ct);
        await app.World.CacheSnapshotsAsync();
        await reader.ReadAsync(Ct);
        Assert.Equal(4, (await reader.ReadAsync(Ct)).Ids.Count);

        app.Redis.Pause();
        Assert.Contains("cache", (await reader.ReadAsync(Ct)).Degraded);
        // No tombstone: Redis did not answer PostService either.
        app.Posts.Delete(deleted);
        Assert.Equal(app.World.Oracle(reader), (await reader.ReadAsync(Ct)).Ids);

        app.Redis.Resume();
        await Until.TrueAsync(
            async () =>
            {
                var page = await reader.ReadAsync(Ct);
                Assert.Equal(app.World.Oracle(reader), page.Ids);
                return page.Degraded.Count == 0;
            },
            "the cache answers again",
            Ct);
    }

    [Fact]
    [Trait("Invariant", "11")]
    public async Task Read_RedisRestartedBetweenTwoReads_ShowsOwnPostsThatMissedIt()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var reader = app.NewUser();
        await reader.ReadAsync(Ct);
        var connection = app.Services.GetRequiredService<IConnectionMultiplexer>();
        await app.Redis.KillAsync(Ct);
        await app.Redis.StartAsync(Ct);
        // No call of this process has failed.
        await Until.TrueAsync(() => connection.IsConnected, "the client has connected again", Ct);
        await reader.ReadAsync(Ct);
        Assert.Equal("cache", (await reader.ReadAsync(Ct)).Source);

        // PostService, not connected again yet, could not write it to his tail.
        app.World.CommitPost(reader);

        Assert.Equal(app.World.Oracle(reader), (await reader.ReadAsync(Ct)).Ids);
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task Read_RedisFlushed_IsTheOracleAtOnceAndCachedAtTheNext()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author, pulled) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.FollowAsync(reader, pulled, Ct);
        await app.World.PostManyAsync(author, 25, Ct);
        await app.World.PostAsync(pulled, Ct, mode: FanoutMode.Pull);
        await reader.ReadAsync(Ct);
        app.World.CommitPost(reader);

        for (var flush = 0; flush < 3; flush++)
        {
            await app.Redis.FlushAsync(Ct);
            await app.World.PostAsync(author, Ct);
            await app.World.PostAsync(pulled, Ct, mode: FanoutMode.Pull);

            Assert.Equal(app.World.Oracle(reader).Take(10), (await reader.ReadAsync(Ct, limit: 10)).Ids);
            var warm = await reader.ReadAsync(Ct, limit: 10);
            Assert.Equal("cache", warm.Source);
            Assert.Equal(app.World.Oracle(reader).Take(10), warm.Ids);
        }

        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit: 6, Ct));
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task Read_RedisFlushedBetweenPages_TheWalkGoesOn()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 40, Ct);

        List<long> walked = [];
        string? cursor = null;
        do
        {
            var page = await reader.ReadAsync(Ct, limit: 9, cursor);
            walked.AddRange(page.Ids);
            cursor = page.NextCursor;
            await app.Redis.FlushAsync(Ct);
        }
        while (cursor is not null);

        Assert.Equal(app.World.Oracle(reader), walked);
    }
}
