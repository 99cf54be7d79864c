using System.Net.Http.Json;
using System.Text.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests;

/// <summary>A post reaches its followers, and one trace tells how.</summary>
public sealed class FanoutTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    [Trait("Invariant", "10")]
    public async Task Post_FollowerIsWarm_ArrivesThroughTheCache()
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        await bob.FeedUntilAsync(page => page.Source == "cache", "bob's timeline is warm", Ct);

        var post = await alice.PostAsync("hello", Ct);

        var page = await bob.FeedUntilAsync(feed => feed.Ids.Contains(post) && feed.Source == "cache", "the post is in bob's cached timeline", Ct);
        Assert.Equal([post], page.Ids);
        Assert.Empty(page.Degraded);
    }

    [Fact]
    public async Task Post_Traced_OneTraceFromRequestOverRelayAndPlannerToDelivery()
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);

        var (_, traceId) = await alice.PostTracedAsync("traced", Ct);

        // Each process sends its spans when it likes, so the road grows together piece by piece.
        IReadOnlyList<TraceSpan> spans = [];
        string[] road = [];
        await Until.TrueAsync(
            async () =>
            {
                spans = await Pulse.Telemetry.TraceAsync(traceId, Ct);
                road = [.. Ancestors(spans.FirstOrDefault(span => span.Name == "fanout deliver"), spans).Select(span => $"{span.Service}: {span.Name}")];
                return road.Contains("gateway: POST /v1/posts") && spans.Any(span => span.Service == "users");
            },
            "one trace leads from the delivery back to the gateway, and shows the author's card coming from users",
            Ct);
        Assert.Equal("fanout: fanout deliver", road[0]);
        Assert.Equal("fanout: pulse-fanout process", road[1]);
        Assert.Equal("posts: post.published publish", road[2]);
        Assert.Contains(spans, span => span is { Service: "fanout", Name: "fanout plan" });
    }

    [Fact]
    [Trait("Invariant", "22")]
    public async Task Post_AuthorIsAboveTheLimit_IsPulledWithoutADelivery()
    {
        var (celebrity, reader) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await reader.FollowAsync(celebrity, Ct);
        for (var follower = 0; follower < RunningPulse.PushFollowerLimit; follower++) await (await Pulse.NewUserAsync(Ct)).FollowAsync(celebrity, Ct);
        await Until.TrueAsync(
            async () => (await Pulse.Api.GetFromJsonAsync<JsonElement>($"/v1/users/{celebrity.Id}", Ct)).GetProperty("is_celebrity").GetBoolean(),
            "the author is a celebrity",
            Ct);

        // Posted until the projection that the planner goes by has seen every follow.
        var post = "";
        await Until.TrueAsync(
            async () =>
            {
                post = await celebrity.PostAsync("to all of you", Ct);
                var id = post;
                string? line = null;
                await Until.TrueAsync(async () => (line = await LogLineAsync(id)) is not null, "the post is planned", Ct);
                return line!.Contains("0 deliveries", StringComparison.Ordinal);
            },
            "a post of the celebrity is pulled",
            Ct);

        var page = await reader.FeedUntilAsync(feed => feed.Ids.Contains(post), "the reader sees the pulled post", Ct);
        Assert.Equal(post, page.Ids[0]);
        await reader.FeedUntilAsync(feed => feed.Ids.Contains(post) && feed.Source == "cache", "the tail is cached", Ct);
    }

    [Fact]
    [Trait("Invariant", "8")]
    public async Task Feed_WalkedWithAnyLimit_IsTheSameSequence()
    {
        var (alice, carol, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        await bob.FollowAsync(carol, Ct);
        List<string> expected = [];
        for (var round = 0; round < 12; round++)
        {
            expected.Add(await alice.PostAsync($"alice {round}", Ct));
            expected.Add(await carol.PostAsync($"carol {round}", Ct));
        }

        var deleted = expected[7];
        await alice.DeleteAsync(expected[6], Ct);
        await carol.DeleteAsync(deleted, Ct);
        expected.RemoveRange(6, 2);
        expected.Reverse();
        await bob.FeedUntilAsync(page => page.Ids.Count == expected.Count, "every post has arrived", Ct);

        foreach (var limit in (int[])[1, 7, 50, 100]) Assert.Equal(expected, await bob.WalkAsync(limit, Ct));
    }

    [Fact]
    [Trait("Invariant", "14")]
    public async Task Follow_ThenUnfollow_IsTrueOnTheVeryNextRead()
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        var post = await alice.PostAsync("before the follow", Ct);
        var reader = await Pulse.NewUserAsync(Ct);
        await reader.FollowAsync(alice, Ct);
        await reader.FeedUntilAsync(page => page.Ids.Contains(post), "the post is planned", Ct);

        Assert.Empty((await bob.FeedAsync(Ct)).Ids);
        await bob.FollowAsync(alice, Ct);
        Assert.Equal([post], (await bob.FeedAsync(Ct)).Ids);
        await bob.UnfollowAsync(alice, Ct);
        Assert.Empty((await bob.FeedAsync(Ct)).Ids);
    }

    private static IEnumerable<TraceSpan> Ancestors(TraceSpan? span, IReadOnlyList<TraceSpan> all)
    {
        for (; span is not null; span = all.FirstOrDefault(other => other.Id == span.ParentId)) yield return span;
    }

    private async Task<string?> LogLineAsync(string post) =>
        (await Pulse.LogAsync("fanout", Ct)).Split('\n').FirstOrDefault(line => line.Contains($"Post {post}:", StringComparison.Ordinal));
}
