namespace Pulse.SystemTests.Drills;

/// <summary>kill -9 of the services.</summary>
[Trait("Category", "Drill")]
[Trait("Invariant", "19")]
[Trait("Invariant", "30")]
public sealed class ProcessDrills(RunningPulse pulse, ITestOutputHelper output) : DrillTest(pulse, output)
{
    [Fact]
    public async Task Posts_KilledWhilePosting_LosesNothing()
    {
        // Between the commit and the publish is where a post could be lost, and the moment is random: hence more than once.
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 3, followers: 3, Ct);
        crowd.Start();
        for (var time = 0; time < 3; time++) await KillAndStartAsync("posts", crowd, Random.Shared.Next(5, 25));
        await AccountAsync("posts killed 3 times while posting", crowd);
    }

    [Fact]
    public async Task Users_KilledWhileFollowing_LosesNothing()
    {
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 2, Ct);
        var waverers = await Pulse.NewUsersAsync(3, Ct);
        crowd.Start();
        foreach (var waverer in waverers)
        {
            var turn = 0;
            crowd.Also(ct => turn++ % 2 == 0 ? FollowAsync(waverer, crowd.Authors[0], ct) : waverer.Client.DeleteAsync($"/v1/users/{crowd.Authors[0].Id}/follow", ct));
        }

        await KillAndStartAsync("users", crowd, 10);
        await KillAndStartAsync("users", crowd, 10);
        await AccountAsync("users killed twice while following", crowd, waverers);
    }

    [Fact]
    public async Task Fanout_KilledWhilePushing_LosesNothing()
    {
        // As many followers as are still pushed to.
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 4, followers: RunningPulse.PushFollowerLimit - 1, Ct);
        crowd.Start();
        await KillAndStartAsync("fanout", crowd, Random.Shared.Next(5, 25));
        await AccountAsync("fanout killed while pushing", crowd);
    }

    [Fact]
    public async Task Gateway_KilledUnderLoad_LosesNothing()
    {
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 2, Ct);
        crowd.Start();
        await KillAndStartAsync("gateway", crowd, 20);
        await AccountAsync("gateway killed", crowd);
    }

    [Fact]
    public async Task Timelines_KilledUnderLoad_LosesNothing()
    {
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 2, Ct);
        crowd.Start();
        await KillAndStartAsync("timelines", crowd, 20);
        await AccountAsync("timelines killed", crowd);
    }

    private static Task<HttpResponseMessage> FollowAsync(PulseUser follower, PulseUser author, CancellationToken ct) =>
        follower.Client.PutAsync($"/v1/users/{author.Id}/follow", content: null, ct);
}
