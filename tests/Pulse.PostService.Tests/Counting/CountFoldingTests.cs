using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Counting;
using Pulse.PostService.Posts;
using Pulse.PostService.Tests.Engagement;
using Pulse.TestInfrastructure;

namespace Pulse.PostService.Tests.Counting;

[Trait("Invariant", "28")]
public sealed class CountFoldingTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counts_OfEveryKind_ReachRedisAndGoDownAgain()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("talk of the town", Ct);
        var repost = await bob.RepostAsync(post, Ct);
        PostId[] replies = [await bob.ReplyAsync(post, Ct), await alice.ReplyAsync(repost, Ct)];
        await bob.ReplyAsync(replies[0], Ct);
        foreach (var user in (TestUser[])[alice, bob]) await user.DoAsync("like", post, Ct).OkAsync(Ct);

        await app.PublishedUntilAsync(post, new Counts(2, 1, 2), Ct);
        await app.PublishedUntilAsync(replies[0], new Counts(0, 0, 1), Ct);

        foreach (var gone in (PostId[])[repost, replies[0]]) Assert.Equal(HttpStatusCode.NoContent, await bob.DeleteAsync(gone, Ct));
        // Again is fine and counts nothing.
        Assert.Equal(HttpStatusCode.NoContent, await bob.DeleteAsync(repost, Ct));
        await bob.UndoAsync("like", post, Ct).OkAsync(Ct);

        await app.PublishedUntilAsync(post, new Counts(1, 0, 1), Ct);
        Assert.Equal(new Counts(1, 0, 1), Counts.Of(await bob.ShownAsync(post, Ct)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "30")]
    public async Task Counts_RedisAway_AreExactAndReachItWhenItIsBack(bool frozen)
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var alice = alone.NewUser();
        PostId[] posts = [await alice.PublishAsync("one", Ct), await alice.PublishAsync("two", Ct)];
        await alice.DoAsync("like", posts[0], Ct).OkAsync(Ct);
        await alone.PublishedUntilAsync(posts[0], new Counts(1), Ct);
        if (frozen) alone.Redis.Pause();
        else await alone.Redis.KillAsync(Ct);

        foreach (var post in posts)
        {
            Assert.True(Marks.Of(await alone.NewUser().DoAsync("like", post, Ct).OkAsync(Ct)).Liked);
            Assert.Equal(new Counts(post == posts[0] ? 2 : 1), Counts.Of(await alice.ShownAsync(post, Ct)));
        }

        // They are folded all the same.
        await Until.TrueAsync(async () => await alone.CountAsync("SELECT count(*) FROM post_count_steps", Ct) == 0, "no step is left", Ct);
        if (frozen) alone.Redis.Resume();
        else await alone.Redis.StartAsync(Ct);

        await alone.PublishedUntilAsync(posts[0], new Counts(2), Ct);
        await alone.PublishedUntilAsync(posts[1], new Counts(1), Ct);
        await Until.TrueAsync(async () => await alone.CountAsync("SELECT count(*) FROM post_counts WHERE unpublished_since IS NOT NULL", Ct) == 0, "nothing is left to publish", Ct);
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Counts_ProcessDiedBeforeRedis_ReachItWithAnyOther()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var post = await alone.NewUser().PublishAsync("like me", Ct);

        // As a folding left it that died before it could publish; in Redis are the counts of before.
        await alone.ExecuteAsync("INSERT INTO post_counts (post_id, likes, version, unpublished_since) VALUES ($1, 7, 3, now())", Ct, post.Value);

        await alone.PublishedUntilAsync(post, new Counts(7), Ct);
    }

    [Fact]
    public async Task Publish_OfOlderCounts_ChangesNothing()
    {
        var cache = app.Services.GetRequiredService<PostCache>();
        var post = await app.NewUser().PublishAsync("like me", Ct);

        await cache.RaiseAsync([new PostCounts(post, 5, 0, 0, Version: 9)], Ct);
        await cache.RaiseAsync([new PostCounts(post, 4, 0, 0, Version: 8), new PostCounts(post, 6, 0, 0, Version: 9)], Ct);
        await cache.FillAsync([], [new PostCounts(post, 1, 0, 0, Version: 10)], Ct);

        Assert.Equal(new Counts(5), await app.PublishedAsync(post));
    }
}
