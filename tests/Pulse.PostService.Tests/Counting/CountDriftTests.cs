using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Counting;
using Pulse.PostService.Tests.Engagement;

namespace Pulse.PostService.Tests.Counting;

[Trait("Invariant", "28")]
public sealed class CountDriftTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recount_CountsThatLie_AreMendedToldAndPublished()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        PostId[] posts = [await alice.PublishAsync("too many", Ct), await alice.PublishAsync("too few", Ct), await alice.PublishAsync("none at all", Ct), await alice.PublishAsync("calm", Ct)];
        foreach (var post in posts)
        {
            await bob.DoAsync("like", post, Ct).OkAsync(Ct);
            await bob.DoAsync("repost", post, Ct).OkAsync(Ct);
            await bob.ReplyAsync(post, Ct);
            await app.PublishedUntilAsync(post, new Counts(1, 1, 1), Ct);
        }

        await app.ExecuteAsync("UPDATE post_counts SET likes = 100000, replies = 3 WHERE post_id = $1", Ct, posts[0].Value);
        await app.ExecuteAsync("UPDATE post_counts SET reposts = -2 WHERE post_id = $1", Ct, posts[1].Value);
        await app.ExecuteAsync("DELETE FROM post_counts WHERE post_id = $1", Ct, posts[2].Value);
        // Nobody is shown less than nothing.
        Assert.Equal(new Counts(1, 0, 1), Counts.Of(await bob.ShownAsync(posts[1], Ct)));

        var drifted = await RecountAsync(posts);

        Assert.Equal([new DriftedCounts(posts[0], -99_999, 0, -2), new DriftedCounts(posts[1], 0, 3, 0), new DriftedCounts(posts[2], 1, 1, 1)], drifted);
        foreach (var post in posts) Assert.Equal(new Counts(1, 1, 1), Counts.Of(await bob.ShownAsync(post, Ct)));
        foreach (var post in posts) await app.PublishedUntilAsync(post, new Counts(1, 1, 1), Ct);
        Assert.Empty(await RecountAsync(posts));
    }

    [Fact]
    public async Task Recount_RepliesAndRepostsThatAreLimited_AreNotCounted()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("answer me", Ct);
        PostId[] limited = [await bob.ReplyAsync(post, Ct), await bob.RepostAsync(post, Ct)];
        await alice.ReplyAsync(post, Ct);
        await app.PublishedUntilAsync(post, new Counts(0, 1, 2), Ct);

        // By a hand in the database: whoever limits a post as he should takes it from the counts himself.
        foreach (var one in limited) await app.ExecuteAsync("UPDATE posts SET limited = true WHERE id = $1", Ct, one.Value);

        Assert.Equal([new DriftedCounts(post, 0, -1, -1)], await RecountAsync(post));
        await app.PublishedUntilAsync(post, new Counts(0, 0, 1), Ct);
    }

    [Fact]
    public async Task Recount_AmongLikesRepostsAndReplies_FindsNothing()
    {
        var alice = app.NewUser();
        PostId[] posts = [await alice.PublishAsync("one", Ct), await alice.PublishAsync("two", Ct)];
        var busy = Task.WhenAll(Enumerable.Range(0, 10).Select(async number =>
        {
            var (user, post) = (app.NewUser(), posts[number % 2]);
            for (var turn = 0; turn < 5; turn++)
            {
                await user.DoAsync("like", post, Ct).OkAsync(Ct);
                await user.DoAsync("repost", post, Ct).OkAsync(Ct);
                await user.DeleteAsync(await user.ReplyAsync(post, Ct), Ct);
                await user.UndoAsync("repost", post, Ct).OkAsync(Ct);
                await user.UndoAsync("like", post, Ct).OkAsync(Ct);
            }
        }));

        do
        {
            Assert.Empty(await RecountAsync(posts));
        }
        while (!busy.IsCompleted);

        await busy;
        foreach (var post in posts) Assert.Equal(new Counts(0), Counts.Of(await alice.ShownAsync(post, Ct)));
    }

    [Fact]
    public async Task Recount_RedisCameBackWithOldCounts_RenewsThoseThatAreThere()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        PostId[] posts = [await alice.PublishAsync("read", Ct), await alice.PublishAsync("not read", Ct)];
        foreach (var post in posts)
        {
            await bob.DoAsync("like", post, Ct).OkAsync(Ct);
            await app.PublishedUntilAsync(post, new Counts(1), Ct);
        }

        await app.Cache.StringSetAsync(PostKeys.Counts(posts[0]), new PostCounts(posts[0]).Encode());
        await app.Cache.KeyDeleteAsync(PostKeys.Counts(posts[1]));

        Assert.Empty(await RecountAsync(posts));

        Assert.Equal(new Counts(1), await app.PublishedAsync(posts[0]));
        Assert.Null(await app.PublishedAsync(posts[1]));
    }

    // Posts are in order of id, and other tests publish some in between: pages until the last of these.
    private async Task<IReadOnlyList<DriftedCounts>> RecountAsync(params PostId[] posts)
    {
        List<DriftedCounts> found = [];
        for (PostId? after = new PostId(posts[0].Value - 1); after is { } last && last < posts[^1];)
        {
            await using var scope = app.Services.CreateAsyncScope();
            (after, var drifted) = await scope.ServiceProvider.GetRequiredService<CountDrift>().RecountAsync(last, 100, Ct);
            found.AddRange(drifted.Where(post => posts.Contains(post.Post)));
        }

        return found;
    }
}
