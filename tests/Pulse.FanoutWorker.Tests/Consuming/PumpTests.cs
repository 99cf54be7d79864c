using Pulse.Contracts.Events;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Data;

namespace Pulse.FanoutWorker.Tests.Consuming;

/// <summary>The worker as a whole: from the queue to the list, and through outages.</summary>
public sealed class PumpTests(FanoutApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "1")]
    public async Task Bus_FollowAndPost_ReachTheList()
    {
        var (author, reader) = (shared.NewUser(), shared.NewUser());
        await shared.WarmAsync(reader, Ct);
        var post = shared.NewPost(author);

        await shared.PublishAsync(shared.NewFollow(reader, author), Ct);
        await shared.PublishAsync(post, Ct);

        await Until.TrueAsync(async () => (await shared.HomeAsync(reader, Ct)).Ids.Contains(post.PostId.Value), "the post is in the list", Ct);
    }

    [Fact]
    [Trait("Invariant", "19")]
    [Trait("Invariant", "30")]
    public async Task Bus_RedisFrozen_DeliversWhenItGoesOn()
    {
        await using var app = await FanoutApp.CreateAsync();
        var author = app.NewUser();
        await app.WarmAsync(author, Ct);
        // Before the outage: a pump that starts into one receives nothing until it is over.
        await app.PublishAsync(app.NewPost(author), Ct);
        await Until.TrueAsync(async () => await CountAsync(app, author) == 1, "the pump delivers", Ct);
        app.Redis.Pause();

        PostPublished[] posts = [.. Enumerable.Range(0, 5).Select(_ => app.NewPost(author))];
        foreach (var post in posts) await app.PublishAsync(post, Ct);
        // Only the first: the pump stops receiving as soon as one has met the outage.
        await Until.TrueAsync(async () => await app.AuthorPosts.FindAsync(author, posts[0].PostId, Ct) is not null, "the first post is recorded", Ct);
        app.Redis.Resume();

        await Until.TrueAsync(async () => await CountAsync(app, author) == 1 + posts.Length, "the posts are in the list", Ct);
        Assert.Empty(await DeadLettersAsync(app, Topics.FanoutQueue));
    }

    [Fact]
    [Trait("Invariant", "19")]
    [Trait("Invariant", "30")]
    public async Task Bus_PostgresAway_PlansWhenItIsBack()
    {
        await using var app = await FanoutApp.CreateAsync();
        var (author, reader) = (app.NewUser(), app.NewUser());
        await app.WarmAsync(reader, Ct);
        await app.Postgres.KillAsync(Ct);

        var post = app.NewPost(author);
        await app.PublishAsync(app.NewFollow(reader, author), Ct);
        await app.PublishAsync(post, Ct);
        await app.Postgres.StartAsync(Ct);

        await Until.TrueAsync(async () => (await app.HomeAsync(reader, Ct)).Ids.Contains(post.PostId.Value), "the post is in the list", Ct);
        Assert.Empty(await DeadLettersAsync(app, Topics.FanoutQueue));
        Assert.Empty(await DeadLettersAsync(app, Topics.GraphQueue));
    }

    private static async Task<int> CountAsync(FanoutApp app, Contracts.Ids.UserId reader)
    {
        try
        {
            return (await app.HomeAsync(reader, Ct)).Ids.Length;
        }
        catch (Exception exception) when (ServiceDefaults.Problems.Outage.Is(exception))
        {
            return 0;
        }
    }

    private static Task<IReadOnlyList<Messaging.Queues.Delivery>> DeadLettersAsync(FanoutApp app, string queue) =>
        app.Bus.Open(Topics.DeadLetters(queue)).ReceiveAsync(max: 10, TimeSpan.Zero, TimeSpan.FromSeconds(1), Ct);
}
