using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.PostService.Counting;
using Pulse.PostService.Tests.Engagement;

namespace Pulse.PostService.Tests.Counting;

[Collection<StormCollection>]
[Trait("Invariant", "28")]
public sealed class ManyStepsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fold_ManyStepsOfOnePost_IsOneChange()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var post = new PostId(42);

        await alone.ExecuteAsync("INSERT INTO post_count_steps (post_id, likes) SELECT 42, CASE WHEN n % 10 = 0 THEN -1 ELSE 1 END FROM generate_series(1, 12000) n", Ct);

        await alone.PublishedUntilAsync(post, new Counts(9_600), Ct);
        Assert.InRange(await alone.CountAsync("SELECT version FROM post_counts WHERE post_id = 42", Ct), 1, 12_000 / PostCountFolder.MaxSteps + 2);
    }

    [Fact]
    public async Task Fold_ByManyAtOnce_TakesEachStepOnce()
    {
        const int Posts = 40;
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var folders = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await using var scope = alone.Services.CreateAsyncScope();
                var folder = scope.ServiceProvider.GetRequiredService<PostCountFolder>();
                await folder.FoldAsync(Ct);
                await folder.PublishAsync(Ct);
            }
        })).ToList();

        for (var turn = 1; turn <= 25; turn++)
        {
            await alone.ExecuteAsync("INSERT INTO post_count_steps (post_id, likes, replies) SELECT 1 + (n % $1), 1, n % 2 FROM generate_series(1, 400) n", Ct, Posts);
            // Whatever is folded at this moment, both together are exact.
            Assert.Equal(turn * 400, await alone.CountAsync("SELECT (coalesce((SELECT sum(likes) FROM post_counts), 0) + coalesce((SELECT sum(likes) FROM post_count_steps), 0))::bigint", Ct));
        }

        for (var post = 1; post <= Posts; post++) await alone.PublishedUntilAsync(new PostId(post), new Counts(250, 0, post % 2 == 0 ? 250 : 0), Ct);
        await stop.CancelAsync();
        await Task.WhenAll(folders);
    }
}
