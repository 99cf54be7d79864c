using Pulse.Contracts;
using Pulse.Timelines;

namespace Pulse.TimelineService.Tests.HomeTimeline;

public sealed class PageWalkTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(100)]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "3")]
    [Trait("Invariant", "4")]
    [Trait("Invariant", "8")]
    [Trait("Invariant", "21")]
    public async Task Walk_MorePostsThanTheListKeeps_EqualsTheOracle(int limit)
    {
        var (reader, first, second) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, first, Ct);
        await app.World.FollowAsync(reader, second, Ct);
        for (var round = 0; round < 30; round++)
        {
            await app.World.PostAsync(first, Ct);
            await app.World.PostAsync(second, Ct);
            if (round % 3 == 0) await app.World.PostAsync(reader, Ct);
            // Read early: what follows is pushed into a list that exists, and trimmed.
            if (round == 5) await reader.ReadAsync(Ct);
        }

        Assert.Equal(70, app.World.Oracle(reader).Count);
        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit, Ct));
        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit, Ct));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [Trait("Invariant", "6")]
    [Trait("Invariant", "7")]
    public async Task Walk_RulesHideMostPosts_NeverStops(int limit)
    {
        var (reader, left, kept) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, left, Ct);
        await app.World.FollowAsync(reader, kept, Ct);
        await app.World.PostAsync(kept, Ct);
        await app.World.PostManyAsync(left, 30, Ct);
        var deleted = await app.World.PostAsync(kept, Ct);
        await app.World.PostAsync(kept, Ct, PostVisibility.Mentioned);
        await app.World.PostManyAsync(left, 10, Ct);
        await app.World.PostAsync(kept, Ct, PostVisibility.Followers);
        await app.World.PostManyAsync(left, 10, Ct);
        await reader.ReadAsync(Ct);

        // The events of both are still on their way: the list holds all that it held.
        await app.World.CommitUnfollowAsync(reader, left);
        await app.World.DeleteAsync(deleted);

        Assert.Equal(2, app.World.Oracle(reader).Count);
        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit, Ct));
    }

    [Fact]
    [Trait("Invariant", "6")]
    public async Task Walk_MoreGhostsThanABatchTakes_ReachesTheOldest()
    {
        const int Ghosts = 1_300;
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, Ghosts + 1, Ct);
        // Deleted while Redis was away: no tombstones, so that PostService is asked for all of them.
        foreach (var post in app.World.Oracle(reader).Take(Ghosts)) app.Posts.Delete(new(post));

        Assert.Single(app.World.Oracle(reader));
        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit: 100, Ct));
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task Read_FollowersPostAfterUnfollow_IsNotShown()
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        var post = await app.World.PostAsync(author, Ct, PostVisibility.Followers);
        Assert.Equal([post.Value], (await reader.ReadAsync(Ct)).Ids);
        Assert.Equal([post.Value], (await reader.ReadAsync(Ct)).Ids);

        await app.World.CommitUnfollowAsync(reader, author);

        Assert.Empty((await reader.ReadAsync(Ct)).Ids);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [Trait("Invariant", "22")]
    public async Task Walk_AuthorsFlipBetweenPushAndPull_EqualsTheOracle(int limit)
    {
        var (reader, flipping, pushed) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, flipping, Ct);
        await app.World.FollowAsync(reader, pushed, Ct);
        for (var index = 0; index < 60; index++)
        {
            await app.World.PostAsync(flipping, Ct, mode: index / 7 % 2 == 0 ? FanoutMode.Push : FanoutMode.Pull);
            if (index % 4 == 0) await app.World.PostAsync(pushed, Ct);
            if (index == 20) await reader.ReadAsync(Ct);
        }

        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit, Ct));
        Assert.Equal("cache", (await reader.ReadAsync(Ct, limit: 5)).Source);
    }

    [Fact]
    [Trait("Invariant", "5")]
    public async Task Walk_PostsArriveInBetween_SkipsAndRepeatsNothing()
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 50, Ct);
        var before = app.World.Oracle(reader);

        List<long> walked = [];
        string? cursor = null;
        do
        {
            var page = await reader.ReadAsync(Ct, limit: 6, cursor);
            walked.AddRange(page.Ids);
            cursor = page.NextCursor;
            // Pushes trim the list, so its floor overtakes the walk.
            await app.World.PostManyAsync(author, 8, Ct);
        }
        while (cursor is not null);

        Assert.Equal(before, walked);
    }

    [Fact]
    [Trait("Invariant", "6")]
    public async Task Read_ExactlyOnePage_HasNoMore()
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 5, Ct);

        var page = await reader.ReadAsync(Ct, limit: 5);

        Assert.Equal(5, page.Ids.Count);
        Assert.False(page.HasMore);
        Assert.Null(page.NextCursor);
    }

    [Fact]
    public async Task Read_NobodyFollowed_IsAnEmptyLastPage()
    {
        var page = await app.NewUser().ReadAsync(Ct);

        Assert.Empty(page.Ids);
        Assert.False(page.HasMore);
        Assert.Empty(page.Degraded);
    }
}
