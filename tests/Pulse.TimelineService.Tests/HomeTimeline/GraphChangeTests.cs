namespace Pulse.TimelineService.Tests.HomeTimeline;

public sealed class GraphChangeTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "14")]
    public async Task Read_RightAfterUnfollow_ShowsNothingOfHim()
    {
        var (reader, left, kept) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, left, Ct);
        await app.World.FollowAsync(reader, kept, Ct);
        await app.World.PostManyAsync(left, 3, Ct);
        await app.World.PostAsync(kept, Ct);
        Assert.Equal(4, (await reader.ReadAsync(Ct)).Ids.Count);
        Assert.Equal(4, (await reader.ReadAsync(Ct)).Ids.Count);

        // Only the version moved: neither the projection nor the list knows yet.
        await app.World.CommitUnfollowAsync(reader, left);

        Assert.Equal(app.World.Oracle(reader), (await reader.ReadAsync(Ct)).Ids);
    }

    [Fact]
    [Trait("Invariant", "14")]
    public async Task Read_RightAfterFollow_ShowsHisPostsBeforeTheEventIsHandled()
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.PostManyAsync(author, 30, Ct);
        await reader.ReadAsync(Ct);
        await reader.ReadAsync(Ct);

        await app.World.FollowJustNowAsync(reader, author);

        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit: 7, Ct));
    }

    [Fact]
    [Trait("Invariant", "14")]
    public async Task Read_FollowBackfilledIntoAWarmList_ShowsHisPosts()
    {
        var (reader, author, other) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, other, Ct);
        await app.World.PostManyAsync(author, 15, Ct);
        await app.World.PostManyAsync(other, 15, Ct);
        await app.World.PostManyAsync(author, 15, Ct);
        await reader.ReadAsync(Ct);

        await app.World.FollowAsync(reader, author, Ct);

        Assert.Equal(app.World.Oracle(reader), await reader.WalkAsync(limit: 7, Ct));
        Assert.Equal("cache", (await reader.ReadAsync(Ct, limit: 5)).Source);
    }

    [Fact]
    public async Task Read_VersionUnchanged_DoesNotFetchTheGraphAgain()
    {
        await using var alone = await FeedApp.CreateAsync(app.Postgres);
        var (reader, author) = (alone.NewUser(), alone.NewUser());
        await alone.World.FollowAsync(reader, author, Ct);

        for (var read = 0; read < 5; read++) await reader.ReadAsync(Ct);

        Assert.Equal(1, alone.Users.GraphReads);
    }
}
