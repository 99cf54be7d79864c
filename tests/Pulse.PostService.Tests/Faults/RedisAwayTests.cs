using System.Net;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using StackExchange.Redis;

namespace Pulse.PostService.Tests.Faults;

public sealed class RedisAwayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RedisAway_PostsAreTakenShownAndDeleted(bool frozen)
    {
        await using var app = new PostsApp();
        await app.InitializeAsync();
        var alice = app.NewUser();
        var before = await alice.PublishAsync("before", Ct);

        if (frozen) app.Redis.Pause();
        else await app.Redis.KillAsync(Ct);

        var during = await alice.PublishAsync("during", Ct);
        Assert.Single(await app.EventsAsync(PostPublished.Type, during, Ct));
        using var shown = await alice.Client.GetAsync(new Uri($"/v1/posts/{during}", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal(2, (await app.BatchAsync(Ct, before, during)).Posts.Count);
        using var deleted = await alice.Client.DeleteAsync(new Uri($"/v1/posts/{before}", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(during, Assert.Single((await app.BatchAsync(Ct, before, during)).Posts).Id);
        using var health = await app.Client(token: null).GetAsync(new Uri("/health", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        // The delete waits for its tombstone, and nobody waits for the delete.
        var after = await alice.PublishAsync("after", Ct);
        await Until.TrueAsync(() => app.Bus.Published.Any(entry => EventEnvelope.Read(entry.Message.Body).Type == PostPublished.Type && EventEnvelope.Read(entry.Message.Body).DataAs<PostPublished>().PostId == after), "a later post is published", Ct);
        Assert.DoesNotContain(app.Bus.Published, entry => entry.Message.Type == PostDeleted.Type);

        if (frozen) app.Redis.Resume();
        else await app.Redis.StartAsync(Ct);

        // The tombstone that the request could not write is made up for before the delete is published.
        await Until.TrueAsync(() => app.Bus.Published.Any(entry => entry.Message.Type == PostDeleted.Type), "the delete is published", Ct);
        Assert.True(PostSnapshot.IsTombstone((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(before))));
    }

    [Fact]
    [Trait("Invariant", "11")]
    public async Task RedisBack_CircuitStillOpen_TheAuthorsTailMissesNothing()
    {
        await using var app = new PostsApp();
        await app.InitializeAsync();
        var alice = app.NewUser();
        app.Redis.Pause();
        var posts = new List<PostId> { await alice.PublishAsync("while Redis is frozen", Ct), await alice.PublishAsync("while the circuit is open", Ct) };
        app.Redis.Resume();

        // The circuit opened during the posts before, and may not have heard of Redis yet.
        posts.Add(await alice.PublishAsync("while Redis is back", Ct));

        var wanted = posts.Select(post => (RedisValue)Snowflake.ToBytes(post.Value)).ToList();
        await Until.TrueAsync(
            async () => !wanted.Except(await app.Cache.ListRangeAsync(PostKeys.Self(alice.Id))).Any(),
            "every post is in the author's own tail",
            Ct);
    }
}
