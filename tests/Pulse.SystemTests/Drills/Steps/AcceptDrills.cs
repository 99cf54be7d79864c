namespace Pulse.SystemTests.Drills.Steps;

/// <summary>Steps 1 and 2 of the write path: the post and its way to the bus.</summary>
[Trait("Category", "Drill")]
[Trait("Invariant", "19")]
[Trait("Invariant", "30")]
public sealed class AcceptDrills(RunningPulse pulse, ITestOutputHelper output) : StepDrill(pulse, output)
{
    [Fact]
    public async Task Posts_KilledBeforeTheCommit_ShowsNoGhost()
    {
        await using var held = await HeldTable.FromWritersAsync(Pulse, "postsdb", "outbox", Ct);
        var posting = Crowd.PostOnceAsync(Author);
        await held.StuckAsync("outbox", Ct);

        await KillReleaseAndStartAsync("posts", held);

        Assert.Null(await posting);
        await CompareAsync("posts killed before the commit");
    }

    [Fact]
    public async Task Posts_KilledAfterTheCommitBeforeThePublish_LosesNothing()
    {
        await using var frozen = await FrozenProcess.FreezeAsync(Pulse, "bus", Ct);
        // The relay hangs with the first in its hands; so nobody has touched the second.
        await PostAsync();
        await OutboxAsync("postsdb", pending: 1, unclaimed: 0);
        await PostAsync();
        await OutboxAsync("postsdb", pending: 2, unclaimed: 1);

        await KillReleaseAndStartAsync("posts", frozen);

        await CompareAsync("posts killed after the commit, before the publish");
    }

    [Fact]
    public async Task Posts_KilledInThePublish_LosesNothing()
    {
        await using var frozen = await FrozenProcess.FreezeAsync(Pulse, "bus", Ct);
        await PostAsync();
        await OutboxAsync("postsdb", pending: 1, unclaimed: 0);

        await KillReleaseAndStartAsync("posts", frozen);

        await CompareAsync("posts killed in the middle of a publish");
        await OutboxAsync("postsdb", pending: 0, unclaimed: 0);
    }

    [Fact]
    public async Task Posts_KilledAfterThePublishBeforeTheMark_ShowsItOnce()
    {
        HeldTable held;
        await using (await FrozenProcess.FreezeAsync(Pulse, "bus", Ct))
        {
            await PostAsync();
            await OutboxAsync("postsdb", pending: 1, unclaimed: 0);
            // Claimed, so only the mark is still to be written.
            held = await HeldTable.FromWritersAsync(Pulse, "postsdb", "outbox", Ct);
        }

        await using (held)
        {
            await held.StuckAsync("UPDATE outbox SET published_at", Ct);
            await KillReleaseAndStartAsync("posts", held);
        }

        await OutboxAsync("postsdb", pending: 0, unclaimed: 0);
        await CompareAsync("posts killed after the publish, before the mark");
    }

    [Fact]
    public async Task Gateway_KilledWithAPostInFlight_ShowsItAtMostOnce()
    {
        await using var held = await HeldTable.FromWritersAsync(Pulse, "postsdb", "outbox", Ct);
        var posting = Crowd.PostOnceAsync(Author);
        await held.StuckAsync("outbox", Ct);

        await KillReleaseAndStartAsync("gateway", held);

        Assert.Null(await posting);
        await CompareAsync("gateway killed with a post in flight");
    }
}
