namespace Pulse.SystemTests;

/// <summary>A part is away; what is left goes on, says so, and heals by itself.</summary>
public sealed class OutageTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    [Trait("Invariant", "30")]
    public async Task Feed_RedisIsStopped_ComesFromPostgresAndHealsAfterwards()
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        var before = await alice.PostAsync("before", Ct);
        await bob.FeedUntilAsync(page => page.Ids.Contains(before), "the first post has arrived", Ct);
        string during;
        string own;

        await Pulse.ResourceAsync("redis", "stop", Ct);
        try
        {
            var page = await bob.FeedAsync(Ct);
            Assert.Equal([before], page.Ids);
            Assert.Equal("database", page.Source);
            Assert.Equal(["cache"], page.Degraded);

            during = await alice.PostAsync("during", Ct);
            own = await bob.PostAsync("bob's own", Ct);
            Assert.Equal([own, before], (await bob.FeedAsync(Ct)).Ids.Where(id => id != during));
        }
        finally
        {
            await Pulse.ResourceAsync("redis", "start", Ct);
        }

        var healed = await bob.FeedUntilAsync(feed => feed.Source == "cache" && feed.Ids.Count == 3, "the cache has healed", Ct);
        Assert.Equal([own, during, before], healed.Ids);
        Assert.Empty(healed.Degraded);
    }

    [Fact]
    [Trait("Invariant", "11")]
    [Trait("Invariant", "21")]
    public async Task Post_BusIsStopped_IsAcceptedShownToItsAuthorAndDeliveredLater()
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        await bob.FeedUntilAsync(page => page.Source == "cache", "bob's timeline is warm", Ct);
        string post;

        await Pulse.ResourceAsync("bus", "stop", Ct);
        try
        {
            post = await alice.PostAsync("nobody hears me", Ct);
            Assert.Equal([post], (await alice.FeedAsync(Ct)).Ids);
            Assert.Empty((await bob.FeedAsync(Ct)).Ids.Except([post]));
            var late = await bob.FeedUntilAsync(feed => feed.Degraded.Contains("fanout-lag"), "the page says that events lag", Ct);
            Assert.Equal((0, (string?)null), (late.Ids.Except([post]).Count(), late.CompleteSince));
        }
        finally
        {
            await Pulse.ResourceAsync("bus", "start", Ct);
        }

        var page = await bob.FeedUntilAsync(feed => feed.Ids.Contains(post), "the post has arrived after all", Ct);
        Assert.Equal([post], page.Ids);
        await bob.FeedUntilAsync(feed => feed is { Degraded: [], CompleteSince: "0" }, "nothing lags any more", Ct);
    }

    [Fact]
    [Trait("Invariant", "19")]
    [Trait("Invariant", "21")]
    public async Task Post_WorkerIsAway_IsDeliveredWhenItIsBack()
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        await bob.FeedUntilAsync(page => page.Source == "cache", "bob's timeline is warm", Ct);

        await Pulse.ResourceAsync("fanout", "stop", Ct);
        List<string> posts = [];
        try
        {
            for (var number = 0; number < 5; number++) posts.Add(await alice.PostAsync($"post {number}", Ct));
            await bob.FeedUntilAsync(feed => feed.Degraded is ["fanout-lag"], "the page says that nobody plans", Ct);
        }
        finally
        {
            await Pulse.ResourceAsync("fanout", "start", Ct);
        }

        posts.Reverse();
        var page = await bob.FeedUntilAsync(feed => feed.Ids.Count == posts.Count, "every post has arrived", Ct);
        Assert.Equal(posts, page.Ids);
        await bob.FeedUntilAsync(feed => feed.Degraded.Count == 0, "nothing lags any more", Ct);
    }
}
