using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Tests.Engagement;

namespace Pulse.PostService.Tests.Erasing;

public sealed class EngagementErasureTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "28")]
    [Trait("Invariant", "24")]
    public async Task Erase_WhoLikedAndBookmarked_LeavesNothingOfIt()
    {
        var (alice, bob, carol) = (app.NewUser(), app.NewUser(), app.NewUser());
        PostId[] posts = [await alice.PublishAsync("one", Ct), await alice.PublishAsync("two", Ct)];
        foreach (var post in posts)
        {
            foreach (var user in (TestUser[])[bob, carol])
            {
                foreach (var what in (string[])["like", "repost", "bookmark"]) await user.DoAsync(what, post, Ct).OkAsync(Ct);
                await user.ReplyAsync(post, Ct);
            }
        }

        var own = await bob.PublishAsync("before", Ct);
        (await bob.Client.PatchAsJsonAsync(new Uri($"/v1/posts/{own}", UriKind.Relative), new { content = "after" }, Ct)).EnsureSuccessStatusCode().Dispose();
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/v1/posts") { Content = JsonContent.Create(new { content = "with a key" }), Headers = { { "Idempotency-Key", "his" } } })
        {
            (await bob.Client.SendAsync(request, Ct)).EnsureSuccessStatusCode().Dispose();
        }

        await EraseAsync(bob.Id);

        foreach (var post in posts)
        {
            Assert.Equal(new Counts(1, 1, 1), Counts.Of(await alice.ShownAsync(post, Ct)));
            await app.PublishedUntilAsync(post, new Counts(1, 1, 1), Ct);
            var unliked = Assert.Single(await app.EventsAsync(PostUnliked.Type, post, Ct)).GetProperty("data");
            Assert.Equal((bob.Id.ToString(), alice.Id.ToString()), (unliked.GetProperty("liker_id").GetString(), unliked.GetProperty("author_id").GetString()));
            var liked = (await app.EventsAsync(PostLiked.Type, post, Ct)).Select(each => each.GetProperty("data")).Single(data => data.GetProperty("liker_id").GetString() == bob.Id.ToString());
            Assert.True(liked.GetProperty("version").GetInt64() < unliked.GetProperty("version").GetInt64());
        }

        Assert.Equal(0, await LeftAsync(bob.Id, own));
        Assert.False(await app.Cache.KeyExistsAsync(PostKeys.MarksVersion(bob.Id)));
        Assert.Equal((2, 2), (await RowsAsync("likes", carol.Id), await RowsAsync("bookmarks", carol.Id)));
    }

    [Fact]
    [Trait("Invariant", "28")]
    public async Task Erase_MoreLikesAndBookmarksThanABatch_TakesBackEach()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var (alice, bob) = (alone.NewUser(), alone.NewUser());
        var first = await alice.PublishAsync("like me", Ct);
        await alone.ExecuteAsync(
            "INSERT INTO posts (id, author_id, content, visibility, created_at) SELECT n, $1, 'like me', 0, now() FROM generate_series(1, 450) n", Ct, alice.Id.Value);
        await alone.ExecuteAsync("INSERT INTO likes (post_id, user_id, liked_at, id) SELECT id, $1, now(), id FROM posts", Ct, bob.Id.Value);
        await alone.ExecuteAsync("INSERT INTO post_count_steps (post_id, likes) SELECT id, 1 FROM posts", Ct);
        await alone.ExecuteAsync("INSERT INTO bookmarks (post_id, user_id, id) SELECT id, $1, id FROM posts", Ct, bob.Id.Value);
        await alone.PublishedUntilAsync(first, new Counts(1), Ct);

        await EraseAsync(bob.Id, alone);

        Assert.Equal(0, await alone.CountAsync("SELECT (SELECT count(*) FROM likes) + (SELECT count(*) FROM bookmarks) + (SELECT count(*) FROM marks_versions)", Ct));
        Assert.Equal(451, await alone.CountAsync("SELECT count(*) FROM outbox WHERE type = 'post.unliked'", Ct));
        Assert.Equal(0, await alone.CountAsync("SELECT (coalesce((SELECT sum(abs(c.likes + coalesce(s.likes, 0))) FROM post_counts c LEFT JOIN (SELECT post_id, sum(likes) AS likes FROM post_count_steps GROUP BY post_id) s USING (post_id)), 0))::bigint", Ct));
        await alone.PublishedUntilAsync(first, new Counts(0), Ct);
    }

    private async Task EraseAsync(UserId user, PostsApp? of = null)
    {
        using var client = (of ?? app).InternalClient();
        for (var calls = 1; ; calls++)
        {
            Assert.InRange(calls, 1, 20);
            using var answer = await client.PostAsync(new Uri($"/internal/authors/{user}/erase", UriKind.Relative), content: null, Ct);
            answer.EnsureSuccessStatusCode();
            if ((await answer.Content.ReadFromJsonAsync<AuthorErasure>(PulseJson.Options, Ct))!.Done) return;
        }
    }

    private Task<long> RowsAsync(string table, UserId user) => app.CountAsync($"SELECT count(*) FROM {table} WHERE user_id = $1", Ct, user.Value);

    private async Task<long> LeftAsync(UserId user, PostId edited) =>
        await RowsAsync("likes", user) + await RowsAsync("bookmarks", user) + await RowsAsync("idempotency_keys", user) + await RowsAsync("marks_versions", user)
        + await app.CountAsync("SELECT count(*) FROM post_edits WHERE post_id = $1", Ct, edited.Value);
}
