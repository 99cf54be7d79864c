namespace Pulse.SystemTests.Drills;

/// <summary>Redis and the bus under load: killed, emptied, frozen, restarted.</summary>
[Trait("Category", "Drill")]
[Trait("Invariant", "12")]
[Trait("Invariant", "20")]
[Trait("Invariant", "30")]
public sealed class InfrastructureDrills(RunningPulse pulse, ITestOutputHelper output) : DrillTest(pulse, output)
{
    [Fact]
    public async Task Redis_KilledUnderLoad_LosesNothing()
    {
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 3, Ct);
        crowd.Start();
        await KillAsync("redis", crowd, 20);
        await crowd.AnsweredAsync(20, Ct);
        await Pulse.ResourceAsync("redis", "start", Ct);
        await AccountAsync("redis killed", crowd);
    }

    [Fact]
    public async Task Redis_FlushedUnderLoad_LosesNothing()
    {
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 3, Ct);
        crowd.Start();
        for (var time = 0; time < 5; time++)
        {
            await crowd.AnsweredAsync(10, Ct);
            BeginHealing();
            await Pulse.FlushRedisAsync(Ct);
        }

        await AccountAsync("redis flushed 5 times", crowd);
    }

    [Fact]
    public async Task Redis_FrozenUnderLoad_LosesNothing()
    {
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 3, Ct);
        crowd.Start();
        await crowd.AnsweredAsync(20, Ct);
        await FreezeAsync("redis", () => crowd.AnsweredAsync(5, Ct));
        await AccountAsync("redis frozen for 3 s", crowd);
    }

    [Fact]
    public async Task Bus_RestartedAndKilledUnderLoad_LosesNothing()
    {
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 3, Ct);
        crowd.Start();
        await crowd.AnsweredAsync(20, Ct);
        BeginHealing();
        await Pulse.ResourceAsync("bus", "restart", Ct);
        await KillAndStartAsync("bus", crowd, 20);
        await AccountAsync("bus restarted, then killed", crowd);
    }
}
