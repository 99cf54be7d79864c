using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Drills.Steps;

/// <summary>Steps 4 and 5 of the write path: plan and push; and the rebuild of a cold list.</summary>
[Trait("Category", "Drill")]
[Trait("Invariant", "18")]
[Trait("Invariant", "19")]
[Trait("Invariant", "30")]
public sealed class FanoutDrills(RunningPulse pulse, ITestOutputHelper output) : StepDrill(pulse, output)
{
    private const string ReadFollowers = "SELECT follower FROM follow_edges";

    [Fact]
    public async Task Fanout_KilledBeforeTheRecord_LosesNothing()
    {
        await using var held = await HeldTable.FromWritersAsync(Pulse, "timelinedb", "author_posts", Ct);
        await PostAsync();
        await held.StuckAsync("author_posts", Ct);

        await KillReleaseAndStartAsync("fanout", held);

        await CompareAsync("fanout killed before the record");
    }

    [Fact]
    public async Task Fanout_KilledBetweenRecordAndPush_LosesNothing()
    {
        await using var held = await HeldTable.FromEverybodyAsync(Pulse, "timelinedb", "follow_edges", Ct);
        await PostAsync();
        await held.StuckAsync(ReadFollowers, Ct);

        await KillReleaseAndStartAsync("fanout", held);

        await CompareAsync("fanout killed between record and push");
    }

    [Fact]
    public async Task Fanout_KilledInThePush_LosesNothing()
    {
        await using var held = await HeldTable.FromEverybodyAsync(Pulse, "timelinedb", "follow_edges", Ct);
        await PostAsync();
        // The author's own list has it; now the followers can be read and not pushed to.
        await held.StuckAsync(ReadFollowers, Ct);
        await using var frozen = await FrozenProcess.FreezeAsync(Pulse, "redis", Ct);
        await held.ReleaseAndPassAsync(ReadFollowers, Ct);

        await KillReleaseAndStartAsync("fanout", frozen);

        await CompareAsync("fanout killed in the middle of a push");
    }

    [Fact]
    public async Task Fanout_KilledAfterThePushBeforeTheAcknowledgement_ShowsItOnce()
    {
        await using var held = await HeldTable.FromWritersAsync(Pulse, "timelinedb", "author_posts", Ct);
        var post = await PostAsync();
        await held.StuckAsync("author_posts", Ct);
        // Received; from here on the bus hears of nothing.
        await using var frozen = await FrozenProcess.FreezeAsync(Pulse, "bus", Ct);
        await held.DisposeAsync();
        await DeliveredAsync(post, times: 1);

        await KillAsync("fanout");
        // The acknowledgement waits in the bus' socket and would be read when the bus goes on.
        await KillAsync("bus");
        await Pulse.ResourceAsync("bus", "start", Ct);
        await Pulse.ResourceAsync("fanout", "start", Ct);

        await DeliveredAsync(post, times: 2);
        await CompareAsync("fanout killed after the push, before the acknowledgement");
    }

    [Fact]
    [Trait("Invariant", "20")]
    public async Task Timelines_KilledInARebuild_FillsTheListAgain()
    {
        await Pulse.FlushRedisAsync(Ct);
        await using var held = await HeldTable.FromEverybodyAsync(Pulse, "timelinedb", "author_posts", Ct);
        // Each opens his list and waits for its posts.
        var reads = Crowd.Followers.Select(follower => Crowd.TryAsync(ct => follower.Client.GetAsync("/v1/feed", ct))).ToList();
        await held.StuckAsync("author_posts", Ct);

        await KillReleaseAndStartAsync("timelines", held);

        Assert.All(await Task.WhenAll(reads), Assert.Null);
        await PostAsync();
        foreach (var follower in Crowd.Followers) await follower.FeedUntilAsync(page => page.Source == "cache", "the timeline is warm again", Ct);
        await CompareAsync("timelines killed in the middle of a rebuild");
    }

    /// <summary>The worker says once per delivery that a post has reached its followers.</summary>
    private Task DeliveredAsync(string post, int times) => Until.TrueAsync(
        async () => (await Pulse.LogAsync("fanout", Ct)).Split($"Post {post}:").Length - 1 >= times,
        $"{post} was delivered {times} times",
        Ct);
}
