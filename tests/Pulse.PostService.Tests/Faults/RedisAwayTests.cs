using System.Net;
using Pulse.Contracts.Events;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;

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

        if (frozen) app.Redis.Resume();
        else await app.Redis.StartAsync(Ct);

        // The tombstone that the request could not write is made up for before the delete is published.
        await Until.TrueAsync(() => app.Bus.Published.Any(entry => entry.Message.Type == PostDeleted.Type), "the delete is published", Ct);
        Assert.True(PostSnapshot.IsTombstone((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(before))));
    }
}
