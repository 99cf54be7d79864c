using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.PostService.Discovery;

namespace Pulse.PostService.Tests.Discovery;

public sealed class ExploreTests(PostsApp app) : IClassFixture<PostsApp>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await RunAsync("TRUNCATE posts, post_counts, explore_lists");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task List_Engagement_RanksRepliesAboveRepostsAboveLikes()
    {
        var quiet = await app.NewUser().PublishAsync("quiet", Ct);
        var (liked, reposted, answered) = (await app.NewUser().PublishAsync("liked", Ct), await app.NewUser().PublishAsync("reposted", Ct), await app.NewUser().PublishAsync("answered", Ct));
        await CountAsync(liked, likes: 10);
        await CountAsync(reposted, reposts: 10);
        await CountAsync(answered, replies: 10);

        Assert.Equal([answered, reposted, liked, quiet], await app.NewUser().WalkAsync("/v1/explore", Ct));
    }

    [Fact]
    public async Task List_Age_Decays()
    {
        var alice = app.NewUser();
        var (fresh, hours, days, gone) = (await PostAsync(TimeSpan.FromMinutes(1)), await PostAsync(TimeSpan.FromHours(6)), await PostAsync(TimeSpan.FromHours(47)), await PostAsync(TimeSpan.FromHours(49)));
        foreach (var post in (PostId[])[fresh, hours, days, gone]) await CountAsync(post, likes: 10);
        await CountAsync(days, likes: 100);

        Assert.Equal([fresh, hours, days], await alice.WalkAsync("/v1/explore", Ct));
        await CountAsync(days, likes: 100_000);
        await ForgetAsync();
        Assert.Equal([days, fresh, hours], await alice.WalkAsync("/v1/explore", Ct));
    }

    [Fact]
    public async Task List_OneAuthorOfMany_HasAFewOfThem()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        List<PostId> hers = [];
        for (var number = 0; number < 6; number++)
        {
            hers.Add(await alice.PublishAsync($"{number}", Ct));
            await CountAsync(hers[^1], likes: 100 + (10 * number));
        }

        var his = await bob.PublishAsync("his", Ct);

        Assert.Equal([hers[5], hers[4], hers[3], his], await bob.WalkAsync("/v1/explore", Ct));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [Trait("Invariant", "5")]
    [Trait("Invariant", "8")]
    public async Task List_WalkWhileEverythingChanges_ShowsWhatWasThereOnce(int limit)
    {
        var viewer = app.NewUser();
        List<PostId> posts = [];
        for (var number = 0; number < 20; number++)
        {
            posts.Insert(0, await app.NewUser().PublishAsync($"{number}", Ct));
            await CountAsync(posts[0], likes: 10 * number);
        }

        var walked = await viewer.WalkAsync("/v1/explore", Ct, limit, between: async () =>
        {
            // The last becomes the first, one more comes, and another list is made.
            await CountAsync(posts[^1], likes: 100_000);
            await CountAsync(await app.NewUser().PublishAsync("late", Ct), likes: 50_000);
            await AgeAsync();
            await viewer.GetAsync("/v1/explore", Ct);
        });

        Assert.Equal(posts, walked);
        Assert.Equal(posts[^1], (await viewer.WalkAsync("/v1/explore", Ct))[0]);
    }

    [Fact]
    public async Task List_CursorOfAListThatIsGone_GoesOnInTheNewest()
    {
        var viewer = app.NewUser();
        for (var number = 0; number < 4; number++) await CountAsync(await app.NewUser().PublishAsync($"{number}", Ct), likes: number);

        var walked = await viewer.WalkAsync("/v1/explore", Ct, limit: 1, between: ForgetAsync);

        Assert.Equal(4, walked.Distinct().Count());
    }

    [Fact]
    public async Task Newest_ManyAtOnce_IsMadeOnce()
    {
        await app.NewUser().PublishAsync("one", Ct);

        var lists = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<ExploreLists>().NewestAsync(Ct);
        }));

        Assert.Single(lists.Distinct());
    }

    [Fact]
    public async Task List_NothingThere_IsEmpty() => Assert.Empty(await app.NewUser().WalkAsync("/v1/explore", Ct));

    private async Task<PostId> PostAsync(TimeSpan age)
    {
        var time = TimeProvider.System.GetUtcNow() - age;
        var id = new PostId(Snowflake.FirstAt(time));
        await RunAsync("INSERT INTO posts (id, author_id, content, visibility, created_at) VALUES ($1, $2, 'x', 0, $3)", id.Value, app.NewUser().Id.Value, time.ToUniversalTime());
        return id;
    }

    private Task CountAsync(PostId post, int likes = 0, int reposts = 0, int replies = 0) => RunAsync(
        """
        INSERT INTO post_counts (post_id, likes, reposts, replies, version) VALUES ($1, $2, $3, $4, 1)
        ON CONFLICT (post_id) DO UPDATE SET likes = excluded.likes, reposts = excluded.reposts, replies = excluded.replies, version = post_counts.version + 1
        """,
        post.Value, (long)likes, (long)reposts, (long)replies);

    private Task ForgetAsync() => RunAsync("DELETE FROM explore_lists");

    // No list is the newest any more.
    private Task AgeAsync() => RunAsync("UPDATE explore_lists SET made_at = made_at - interval '2 minutes'");

    private async Task RunAsync(string sql, params object[] values)
    {
        await using var command = app.Database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(Ct);
    }
}
