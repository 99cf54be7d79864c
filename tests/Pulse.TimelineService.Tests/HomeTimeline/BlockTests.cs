using System.Net;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.Timelines;
using Pulse.Timelines.Keys;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.HomeTimeline;

/// <summary>A block is true on the very next read of either side, whatever becomes of Redis and of the owner of the graph.</summary>
[Trait("Invariant", "15")]
public sealed class BlockTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>What happens between the commit of the block and the next reads.</summary>
    public enum Between
    {
        Nothing,
        VersionLost,
        ListsLost,
        Flushed,
    }

    [Theory]
    [InlineData(Between.Nothing, true)]
    [InlineData(Between.Nothing, false)]
    [InlineData(Between.VersionLost, true)]
    [InlineData(Between.ListsLost, true)]
    [InlineData(Between.Flushed, true)]
    [InlineData(Between.Flushed, false)]
    public async Task Read_RightAfterBlock_NeitherSeesTheOther(Between between, bool push)
    {
        await using var own = between == Between.Flushed ? await FeedApp.CreateAsync(app.Postgres) : null;
        var feed = own ?? app;
        var (one, other) = await FriendsAsync(feed, push ? FanoutMode.Push : FanoutMode.Pull);

        // Only the versions moved: neither the projections nor the lists know yet.
        await feed.World.CommitBlockAsync(one, other);
        foreach (var user in (TestUser[])[one, other])
        {
            if (between == Between.VersionLost) await feed.Cache.KeyDeleteAsync(Contracts.PublishedKeys.UserKeys.GraphVersion(user.Id));
            if (between == Between.ListsLost) await feed.Cache.KeyDeleteAsync(TimelineKeys.Home(user.Id));
        }

        if (own is not null) await own.Redis.FlushAsync(Ct);

        foreach (var user in (TestUser[])[one, other])
        {
            Assert.Equal(feed.World.Oracle(user), await user.WalkAsync(limit: 2, Ct));
            Assert.Equal(3, (await user.ReadAsync(Ct)).Ids.Count);
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [Trait("Invariant", "30")]
    public async Task Read_BlockWhileRedisIsAway_NeitherSeesTheOtherThenAndAfterwards(bool frozen, bool readMeanwhile)
    {
        await using var own = await FeedApp.CreateAsync(app.Postgres);
        var (one, other) = await FriendsAsync(own, FanoutMode.Push);
        if (frozen) own.Redis.Pause();
        else await own.Redis.KillAsync(Ct);
        foreach (var user in (TestUser[])[one, other]) Assert.Equal(6, (await user.ReadAsync(Ct)).Ids.Count);

        // The versions in Redis, if it still has them, are those before the block.
        own.Users.Block(one.Id, other.Id);

        foreach (var user in (TestUser[])[one, other])
        {
            if (readMeanwhile) Assert.Equal(own.World.Oracle(user), (await user.ReadAsync(Ct)).Ids);
        }

        if (frozen) own.Redis.Resume();
        else await own.Redis.StartAsync(Ct);
        foreach (var user in (TestUser[])[one, other])
        {
            await Until.TrueAsync(
                async () =>
                {
                    var page = await user.ReadAsync(Ct);
                    Assert.Equal(own.World.Oracle(user), page.Ids);
                    return page.Degraded.Count == 0;
                },
                "the cache answers again",
                Ct);
        }
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_UserServiceAwayAndNothingCached_TheProjectedBlocksHold()
    {
        await using var own = await FeedApp.CreateAsync(app.Postgres);
        var (one, other) = await FriendsAsync(own, FanoutMode.Push);
        await own.World.BlockAsync(one, other, Ct);
        await using var fresh = await own.BesideAsync();
        own.Users.Health = Health.Refused;

        foreach (var user in (TestUser[])[fresh.Visit(one), fresh.Visit(other)])
        {
            var page = await user.ReadAsync(Ct);
            Assert.Equal(own.World.Oracle(user), page.Ids);
            Assert.Equal(["graph"], page.Degraded);
        }
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_OnlyTheBlockIsProjected_TheFollowsThatItEndedShowNothing()
    {
        await using var own = await FeedApp.CreateAsync(app.Postgres);
        var (one, other) = await FriendsAsync(own, FanoutMode.Push);
        await own.World.ProjectBlockAsync(one, other, await own.World.CommitBlockAsync(one, other), Ct);
        await using var fresh = await own.BesideAsync();
        own.Users.Health = Health.Refused;

        foreach (var user in (TestUser[])[fresh.Visit(one), fresh.Visit(other)]) Assert.Equal(own.World.Oracle(user), (await user.ReadAsync(Ct)).Ids);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_CachedGraphIsOlderThanTheBlockAndUserServiceAway_TheProjectedBlockHolds()
    {
        await using var own = await FeedApp.CreateAsync(app.Postgres);
        var (one, other) = await FriendsAsync(own, FanoutMode.Push);
        // The block committed and was handled, and before anybody read again UserService went away.
        await own.World.BlockAsync(one, other, Ct);
        own.Users.Health = Health.Unavailable;

        foreach (var user in (TestUser[])[one, other])
        {
            var page = await user.ReadAsync(Ct);
            Assert.Equal(own.World.Oracle(user), page.Ids);
            Assert.Equal(["graph"], page.Degraded);
        }
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_CachedGraphIsOlderThanTheBlockAndNobodyKnowsBlocks_Is503()
    {
        await using var own = await FeedApp.CreateAsync();
        var (one, other) = await FriendsAsync(own, FanoutMode.Push);
        await own.World.CacheSnapshotsAsync();
        await own.World.BlockAsync(one, other, Ct);
        await own.Postgres.KillAsync(Ct);
        own.Posts.Health = own.Users.Health = Health.Unavailable;

        foreach (var user in (TestUser[])[one, other])
        {
            using var answer = await user.GetAsync("", Ct);
            await ProblemJson.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, Ct);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
    }

    [Fact]
    public async Task Read_AfterUnblock_NothingComesBackBeforeAFollow()
    {
        var (one, other) = await FriendsAsync(app, FanoutMode.Push);
        await app.World.BlockAsync(one, other, Ct);
        await app.World.UnblockAsync(one, other, Ct);
        Assert.Equal(3, (await one.ReadAsync(Ct)).Ids.Count);

        await app.World.FollowAsync(one, other, Ct);

        Assert.Equal(6, (await one.ReadAsync(Ct)).Ids.Count);
        Assert.Equal(app.World.Oracle(one), await one.WalkAsync(limit: 2, Ct));
    }

    /// <summary>Two who follow each other, with three posts each and timelines that are warm.</summary>
    private static async Task<(TestUser One, TestUser Other)> FriendsAsync(FeedApp app, FanoutMode mode)
    {
        var (one, other) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(one, other, Ct);
        await app.World.FollowAsync(other, one, Ct);
        for (var made = 0; made < 3; made++)
        {
            await app.World.PostAsync(one, Ct, mode: mode);
            await app.World.PostAsync(other, Ct, mode: mode);
        }

        foreach (var user in (TestUser[])[one, other])
        {
            await user.ReadAsync(Ct);
            Assert.Equal(6, (await user.ReadAsync(Ct)).Ids.Count);
        }

        return (one, other);
    }
}
