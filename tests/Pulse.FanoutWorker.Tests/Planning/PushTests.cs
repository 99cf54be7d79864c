using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Timelines;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;

namespace Pulse.FanoutWorker.Tests.Planning;

public sealed class PushTests(FanoutApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "24")]
    public async Task PostPublished_SomeFollowersWarm_ReachesThemAndTheAuthorOnly()
    {
        var (author, warm, cold, stranger) = (app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser());
        await app.HandleAsync(app.NewFollow(warm, author), Ct);
        await app.HandleAsync(app.NewFollow(cold, author), Ct);
        foreach (var reader in (UserId[])[author, warm, stranger]) await app.WarmAsync(reader, Ct);

        var post = await app.PostAsync(author, Ct);

        await AssertHomeAsync(author, post);
        await AssertHomeAsync(warm, post);
        await AssertHomeAsync(stranger);
        Assert.False(await app.Cache.KeyExistsAsync(TimelineKeys.Home(cold)));
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task PostPublished_DeliveredAgain_ShowsTheSame()
    {
        var (author, reader) = (app.NewUser(), app.NewUser());
        await app.HandleAsync(app.NewFollow(reader, author), Ct);
        await app.WarmAsync(reader, Ct);
        var post = app.NewPost(author);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => app.HandleAsync(post, Ct)));

        await AssertHomeAsync(reader, post.PostId);
        Assert.Single(await app.AuthorPosts.OfAuthorAsync(author, FanoutMode.Push, 10, Ct));
    }

    [Fact]
    [Trait("Invariant", "17")]
    [Trait("Invariant", "18")]
    public async Task PostPublished_DeletedBefore_IsSkipped()
    {
        var author = app.NewUser();
        await app.WarmAsync(author, Ct);
        var post = app.NewPost(author);

        await app.HandleAsync(new PostDeleted(post.PostId, author), Ct);
        await app.HandleAsync(post, Ct);

        await AssertHomeAsync(author);
        Assert.Empty(await app.AuthorPosts.HomeAsync(author, 10, Ct));
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task PostDeleted_Repeated_StaysDeleted()
    {
        var author = app.NewUser();
        var post = app.NewPost(author);
        await app.HandleAsync(post, Ct);
        for (var repeat = 0; repeat < 2; repeat++) await app.HandleAsync(new PostDeleted(post.PostId, author), Ct);
        await app.HandleAsync(post, Ct);

        Assert.Empty(await app.AuthorPosts.HomeAsync(author, 10, Ct));
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(2_000)]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "10")]
    public async Task PostPublished_FollowersInPages_ReachesEveryWarmOne(int followers)
    {
        await using var pushing = await FanoutApp.CreateAsync(limit: 100_000);
        var author = pushing.NewUser();
        await pushing.AddFollowersAsync(author, followers, Ct);
        UserId[] warm = [.. Enumerable.Range(1, followers).Where(follower => follower % 7 == 0 || follower % 1_000 < 2).Select(follower => new UserId(follower))];
        await Task.WhenAll(warm.Select(reader => pushing.WarmAsync(reader, Ct)));

        var post = await pushing.PostAsync(author, Ct);

        var lists = await Task.WhenAll(warm.Select(reader => pushing.HomeAsync(reader, Ct)));
        Assert.All(lists, list => Assert.Equal(post.Value, Assert.Single(list.Ids)));
        Assert.False(await pushing.Cache.KeyExistsAsync(TimelineKeys.Home(new UserId(3))));
    }

    [Fact]
    public async Task UnknownType_IsIgnored()
    {
        var handler = (Messaging.Queues.IMessageHandler)app.Services.GetService(typeof(FanoutWorker.Planning.PostEventHandler))!;

        await handler.HandleAsync(EventEnvelope.Read("""{"id":"1","type":"post.painted","schema":9,"occurred_at":"2026-01-01T00:00:00.000Z","data":{}}"""), Ct);
    }

    private async Task AssertHomeAsync(UserId reader, params PostId[] posts)
    {
        var list = await app.HomeAsync(reader, Ct);
        Assert.Equal(TimelineState.Warm, list.State);
        Assert.Equal(posts.Select(post => post.Value), list.Ids.AsEnumerable());
    }
}
