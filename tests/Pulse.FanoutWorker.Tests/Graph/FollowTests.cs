using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Store;

namespace Pulse.FanoutWorker.Tests.Graph;

public sealed class FollowTests(FanoutApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "14")]
    public async Task UserFollowed_WarmList_GetsHisRecentPosts()
    {
        var (author, reader) = (app.NewUser(), app.NewUser());
        long[] posts = [(await app.PostAsync(author, Ct)).Value, (await app.PostAsync(author, Ct)).Value];
        await app.WarmAsync(reader, Ct);

        await app.HandleAsync(app.NewFollow(reader, author), Ct);

        await AssertHomeAsync(reader, floor: 0, [.. posts.OrderDescending()]);
    }

    [Fact]
    [Trait("Invariant", "14")]
    [Trait("Invariant", "21")]
    public async Task UserFollowed_MorePostsThanAListKeeps_RaisesTheFloor()
    {
        var (author, reader) = (app.NewUser(), app.NewUser());
        List<long> posts = [];
        for (var made = 0; made < FanoutApp.Capacity + 10; made++) posts.Add((await app.PostAsync(author, Ct)).Value);
        await app.WarmAsync(reader, Ct);

        await app.HandleAsync(app.NewFollow(reader, author), Ct);

        var newest = posts.TakeLast(FanoutApp.Capacity).OrderDescending().ToArray();
        await AssertHomeAsync(reader, floor: newest[^1], newest);
    }

    [Fact]
    public async Task UserFollowed_ColdList_StaysCold()
    {
        var (author, reader) = (app.NewUser(), app.NewUser());
        await app.PostAsync(author, Ct);

        await app.HandleAsync(app.NewFollow(reader, author), Ct);

        Assert.Equal(TimelineState.Cold, (await app.HomeAsync(reader, Ct)).State);
    }

    [Fact]
    [Trait("Invariant", "18")]
    [Trait("Invariant", "19")]
    public async Task UserFollowed_Redelivered_BackfillsAgain()
    {
        var (author, reader) = (app.NewUser(), app.NewUser());
        var post = await app.PostAsync(author, Ct);
        var follow = app.NewFollow(reader, author);
        // The first attempt died after its commit.
        await app.HandleAsync(follow, Ct);
        await app.WarmAsync(reader, Ct);

        await app.HandleAsync(follow, Ct);

        await AssertHomeAsync(reader, floor: 0, post.Value);
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task UserUnfollowed_BeforeItsFollow_StaysUnfollowed()
    {
        var (author, reader) = (app.NewUser(), app.NewUser());
        await app.WarmAsync(reader, Ct);
        await app.PostAsync(author, Ct);
        var follow = app.NewFollow(reader, author);
        var unfollow = app.NewUnfollow(reader, author);

        await app.HandleAsync(unfollow, Ct);
        await app.HandleAsync(follow, Ct);
        await app.PostAsync(author, Ct);

        await AssertHomeAsync(reader, floor: 0);
    }

    [Fact]
    [Trait("Invariant", "14")]
    public async Task UserUnfollowed_LaterPosts_ReachHimNoMore()
    {
        var (author, reader) = (app.NewUser(), app.NewUser());
        await app.WarmAsync(reader, Ct);
        await app.HandleAsync(app.NewFollow(reader, author), Ct);
        var before = await app.PostAsync(author, Ct);

        await app.HandleAsync(app.NewUnfollow(reader, author), Ct);
        await app.PostAsync(author, Ct);

        await AssertHomeAsync(reader, floor: 0, before.Value);
    }

    [Fact]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "14")]
    public async Task UserFollowed_WhileHePosts_MissesNothing()
    {
        for (var round = 0; round < 20; round++)
        {
            var (author, reader) = (app.NewUser(), app.NewUser());
            await app.WarmAsync(reader, Ct);
            PostPublished[] posts = [app.NewPost(author), app.NewPost(author), app.NewPost(author)];

            await Task.WhenAll([.. posts.Select(post => app.HandleAsync(post, Ct)), app.HandleAsync(app.NewFollow(reader, author), Ct)]);

            await AssertHomeAsync(reader, floor: 0, [.. posts.Select(post => post.PostId.Value).OrderDescending()]);
        }
    }

    private async Task AssertHomeAsync(UserId reader, long floor, params long[] posts)
    {
        var list = await app.HomeAsync(reader, Ct);
        Assert.Equal((TimelineState.Warm, floor), (list.State, list.Floor));
        Assert.Equal(posts, list.Ids);
    }
}
