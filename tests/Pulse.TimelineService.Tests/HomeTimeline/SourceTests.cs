using Pulse.Timelines;

namespace Pulse.TimelineService.Tests.HomeTimeline;

public sealed class SourceTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_ColdThenWarm_ComesFromDatabaseThenFromCache()
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 3, Ct);

        var cold = await reader.ReadAsync(Ct);
        var warm = await reader.ReadAsync(Ct);

        Assert.Equal(("database", (string?)null), (cold.Source, cold.CompleteSince));
        Assert.Equal(("cache", "0"), (warm.Source, warm.CompleteSince));
        Assert.Equal(cold.Ids, warm.Ids);
        Assert.Empty(cold.Degraded);
        Assert.Empty(warm.Degraded);
        Assert.Equal("latest", warm.Ranking);
    }

    [Fact]
    [Trait("Invariant", "21")]
    public async Task Read_PageReachesBelowTheFloor_IsMixedAndNamesTheFloor()
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 40, Ct);
        await reader.ReadAsync(Ct);
        var all = app.World.Oracle(reader);

        var page = await reader.ReadAsync(Ct, limit: 30);
        var deep = await reader.ReadAsync(Ct, limit: 30, page.NextCursor);

        Assert.Equal("mixed", page.Source);
        Assert.Equal($"{all[FeedApp.Capacity - 1]}", page.CompleteSince);
        Assert.Equal(("database", (string?)null), (deep.Source, deep.CompleteSince));
        Assert.Equal(all, [.. page.Ids, .. deep.Ids]);
    }

    [Fact]
    [Trait("Invariant", "21")]
    public async Task Read_ColdListAndOwnPosts_ClaimsNoCompleteness()
    {
        var reader = app.NewUser();
        await app.World.PutIntoSelfAsync(reader, await app.World.PostAsync(reader, Ct));

        var page = await reader.ReadAsync(Ct);

        Assert.Equal(("database", (string?)null), (page.Source, page.CompleteSince));
    }

    [Fact]
    [Trait("Invariant", "11")]
    public async Task Read_OwnPostNotYetPlanned_IsShownAtOnce()
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 3, Ct);
        await reader.ReadAsync(Ct);

        var own = app.World.CommitPost(reader);
        await app.World.PutIntoSelfAsync(reader, own);
        var page = await reader.ReadAsync(Ct);

        Assert.Equal(own.Value, page.Ids[0]);
        Assert.Equal("cache", page.Source);
    }

    [Fact]
    [Trait("Invariant", "11")]
    public async Task Read_OwnPostNeitherPlannedNorInSelf_IsInTheRebuiltList()
    {
        var reader = app.NewUser();
        var own = app.World.CommitPost(reader);

        Assert.Equal([own.Value], (await reader.ReadAsync(Ct)).Ids);
        var warm = await reader.ReadAsync(Ct);
        Assert.Equal([own.Value], warm.Ids);
        Assert.Equal("cache", warm.Source);
    }

    [Fact]
    [Trait("Invariant", "3")]
    public async Task Read_OwnPostInEverySource_IsShownOnce()
    {
        var reader = app.NewUser();
        await reader.ReadAsync(Ct);
        var own = app.World.CommitPost(reader);
        await app.World.PutIntoSelfAsync(reader, own);
        await app.World.PutIntoSelfAsync(reader, own);
        await app.World.PlanAsync(reader, own, FanoutMode.Push, Ct);
        await app.World.PlanAsync(reader, own, FanoutMode.Push, Ct);

        Assert.Equal([own.Value], (await reader.ReadAsync(Ct)).Ids);
    }

    [Fact]
    [Trait("Invariant", "11")]
    public async Task Read_GhostInSelf_IsNothing()
    {
        var reader = app.NewUser();
        var committed = await app.World.PostAsync(reader, Ct);
        var ghost = app.World.CommitPost(reader);
        app.Posts.Delete(ghost);
        await app.World.PutIntoSelfAsync(reader, ghost);

        Assert.Equal([committed.Value], (await reader.ReadAsync(Ct)).Ids);
    }

    [Fact]
    [Trait("Invariant", "22")]
    public async Task Read_PulledAuthor_IsMergedFromHisTail()
    {
        var (reader, pushed, pulled) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, pushed, Ct);
        await app.World.FollowAsync(reader, pulled, Ct);
        await app.World.PostAsync(pushed, Ct);
        await app.World.PostAsync(pulled, Ct, mode: FanoutMode.Pull);
        await reader.ReadAsync(Ct);

        var late = await app.World.PostAsync(pulled, Ct, mode: FanoutMode.Pull);
        var page = await reader.ReadAsync(Ct);

        Assert.Equal(late.Value, page.Ids[0]);
        Assert.Equal(app.World.Oracle(reader), page.Ids);
        Assert.Equal("cache", page.Source);
    }

    [Fact]
    [Trait("Invariant", "22")]
    public async Task Read_AuthorBecomesPulled_IsKnownAtTheNextRead()
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostAsync(author, Ct);
        await reader.ReadAsync(Ct);
        await reader.ReadAsync(Ct);

        await app.World.PostAsync(author, Ct, mode: FanoutMode.Pull);

        Assert.Equal(app.World.Oracle(reader), (await reader.ReadAsync(Ct)).Ids);
    }
}
