using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Posts;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Hydration;

public sealed class HydrationTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PostCache PostCache => app.Services.GetRequiredService<PostCache>();

    [Fact]
    public async Task Batch_Mixed_AnswersThoseThatExistAndFillsRedis()
    {
        var alice = app.NewUser();
        var open = await alice.PublishAsync("for all", Ct);
        var hidden = await alice.PublishAsync("for followers", Ct, "followers");
        await app.Cache.KeyDeleteAsync([PostKeys.Snapshot(open), PostKeys.Snapshot(hidden)]);

        var batch = await app.BatchAsync(Ct, open, hidden, open, new PostId(42));

        Assert.Equal([open, hidden], batch.Posts.Select(post => post.Id).Order());
        Assert.Equal(PostVisibility.Followers, batch.Posts.Single(post => post.Id == hidden).Visibility);
        foreach (var post in batch.Posts)
        {
            Assert.Equal(post, PostSnapshot.Decode((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(post.Id))));
            Assert.NotNull(await app.Cache.KeyTimeToLiveAsync(PostKeys.Snapshot(post.Id)));
        }
    }

    [Fact]
    public async Task Batch_Empty_IsEmpty() => Assert.Empty((await app.BatchAsync(Ct)).Posts);

    [Fact]
    public async Task AuthorPosts_PageByPage_AreCommittedUndeletedAndNewestFirst()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        List<PostId> ids = [];
        for (var i = 0; i < 5; i++) ids.Insert(0, await alice.PublishAsync("one of five", Ct, i % 2 == 0 ? "public" : "followers"));
        await bob.PublishAsync("of somebody else", Ct);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{ids[1]}", UriKind.Relative), Ct)).Dispose();
        ids.RemoveAt(1);
        using var client = app.InternalClient();

        var first = await client.GetFromJsonAsync<AuthorPostIds>($"/internal/authors/{alice.Id}/posts?limit=3", PulseJson.Options, Ct);
        var second = await client.GetFromJsonAsync<AuthorPostIds>($"/internal/authors/{alice.Id}/posts?limit=3&before={first!.Ids[^1]}", PulseJson.Options, Ct);
        var all = await client.GetFromJsonAsync<AuthorPostIds>($"/internal/authors/{alice.Id}/posts", PulseJson.Options, Ct);

        Assert.Equal(ids, first.Ids.Concat(second!.Ids));
        Assert.Equal(ids, all!.Ids);
    }

    [Fact]
    public async Task OwnedPosts_PageByPage_AreAllEverCommittedInOrder()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var start = await alice.PublishAsync("before the first page", Ct);
        PostId[] ids = [await alice.PublishAsync("one", Ct), await bob.PublishAsync("two", Ct, "followers"), await alice.PublishAsync("three", Ct)];
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{ids[2]}", UriKind.Relative), Ct)).Dispose();
        using var client = app.InternalClient();

        List<OwnedPost> posts = [];
        for (var after = start; ;)
        {
            var page = await client.GetFromJsonAsync<OwnedPostPage>($"/internal/posts?after={after}&limit=2", PulseJson.Options, Ct);
            if (page!.Posts.Count == 0) break;
            Assert.InRange(page.Posts.Count, 1, 2);
            posts.AddRange(page.Posts);
            after = page.Posts[^1].Id;
        }

        Assert.Equal(posts.OrderBy(post => post.Id), posts);
        // Others use this service at the same time.
        Assert.Equal(
            [new OwnedPost(ids[0], alice.Id, Deleted: false), new OwnedPost(ids[1], bob.Id, Deleted: false), new OwnedPost(ids[2], alice.Id, Deleted: true)],
            posts.Where(post => ids.Contains(post.Id)));
        using var tooMany = await client.GetAsync(new Uri("/internal/posts?limit=1001", UriKind.Relative), Ct);
        await ProblemJson.AssertAsync(tooMany, HttpStatusCode.BadRequest, Ct, "limit");
    }

    [Fact]
    public async Task Summary_CountsWhatIsNotDeleted()
    {
        var alice = app.NewUser();
        var gone = await alice.PublishAsync("one", Ct);
        await alice.PublishAsync("two", Ct, "followers");
        await alice.PublishAsync(new { repost_of = gone.ToString() }, Ct);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{gone}", UriKind.Relative), Ct)).Dispose();
        using var client = app.InternalClient();

        Assert.Equal(1, (await client.GetFromJsonAsync<AuthorSummary>($"/internal/authors/{alice.Id}/summary", PulseJson.Options, Ct))!.PostsCount);
        Assert.Equal(0, (await client.GetFromJsonAsync<AuthorSummary>("/internal/authors/42/summary", PulseJson.Options, Ct))!.PostsCount);
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task Fill_ReadBeforeTheDelete_DoesNotResurrect()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("soon gone", Ct);
        await app.Cache.KeyDeleteAsync(PostKeys.Snapshot(post));
        var read = Assert.Single((await app.BatchAsync(Ct, post)).Posts);

        // A fill between the early tombstone and the commit.
        await PostCache.BuryEarlyAsync(post, Ct);
        await PostCache.FillAsync([read], [], Ct);
        Assert.True(await IsBuriedAsync(post));

        // One after the delete has been answered.
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct)).Dispose();
        await PostCache.FillAsync([read], [], Ct);
        Assert.True(await IsBuriedAsync(post));

        // Neither a second delete nor its failure touches the tombstone of the first.
        await PostCache.BuryEarlyAsync(post, Ct);
        await PostCache.UnburyAsync(post, Ct);
        Assert.True(await IsBuriedAsync(post));
        Assert.True(await app.Cache.KeyTimeToLiveAsync(PostKeys.Snapshot(post)) > PostCache.EarlyTombstoneLifetime);
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task Fill_RacingDeletes_NeverResurrects()
    {
        var alice = app.NewUser();
        List<PostId> posts = [];
        for (var i = 0; i < 40; i++) posts.Add(await alice.PublishAsync("soon gone", Ct));
        await app.Cache.KeyDeleteAsync([.. posts.Select(post => (StackExchange.Redis.RedisKey)PostKeys.Snapshot(post))]);

        await Parallel.ForEachAsync(posts, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct }, async (post, ct) =>
        {
            var delete = alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), ct);
            while (!delete.IsCompleted) await app.BatchAsync(ct, post);
            (await delete).EnsureSuccessStatusCode().Dispose();
            Assert.Empty((await app.BatchAsync(ct, post)).Posts);
        });

        foreach (var post in posts) Assert.True(await IsBuriedAsync(post));
    }

    private async Task<bool> IsBuriedAsync(PostId post) => PostSnapshot.IsTombstone((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(post)));
}
