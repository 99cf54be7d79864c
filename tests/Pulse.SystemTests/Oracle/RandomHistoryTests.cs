namespace Pulse.SystemTests.Oracle;

/// <summary>
/// Short random histories on the whole system: repeated calls, authors who flip between push and pull, a Redis that is
/// emptied. They run side by side, so that each also meets the accidents of the others.
/// </summary>
public sealed class RandomHistoryTests(RunningPulse pulse) : SystemTest(pulse)
{
    private const int Histories = 12;
    private const int SideBySide = 6;
    private const int People = 4;
    private const int Steps = 12;

    [Fact]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "2")]
    [Trait("Invariant", "8")]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "22")]
    public async Task Timelines_AnyHistory_EqualTheOracle()
    {
        var first = Seed.Choose();
        var fans = await Pulse.NewUsersAsync(RunningPulse.PushFollowerLimit, Ct);
        using var redis = new SemaphoreSlim(1);
        List<Exception> failures = [];
        await Parallel.ForAsync(0, Histories, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = Ct }, async (number, _) =>
        {
            try
            {
                await RunAsync(first + number, fans, redis);
            }
            catch (InvalidOperationException failure)
            {
                lock (failures) failures.Add(failure);
            }
        });

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    private async Task RunAsync(int seed, IReadOnlyList<PulseUser> fans, SemaphoreSlim redis)
    {
        var random = new Random(seed);
        var record = new SocialRecord(await Pulse.NewUsersAsync(People, Ct));
        var history = new RandomHistory(record, random);
        var star = record.Users[0];
        await Seed.TellAsync(seed, history, async () =>
        {
            await history.StepsAsync(Steps, Ct);
            foreach (var fan in fans) await fan.FollowAsync(star, Ct);
            history.Note("the star is pulled from about here");
            await history.StepsAsync(Steps, Ct);
            await EmptyRedisAsync(random, history, redis);
            await history.StepsAsync(Steps, Ct);
            foreach (var fan in fans.Take(random.Next(fans.Count))) await fan.UnfollowAsync(star, Ct);
            history.Note("the star may be pushed again");
            await history.StepsAsync(Steps, Ct);
            await TimelineCheck.EqualsAsync(record, history, Ct);
        });
    }

    private async Task EmptyRedisAsync(Random random, RandomHistory history, SemaphoreSlim redis)
    {
        var restart = random.Next(4) == 0;
        history.Note(restart ? "redis restarts" : "redis is flushed");
        await redis.WaitAsync(Ct);
        try
        {
            if (restart) await Pulse.ResourceAsync("redis", "restart", Ct);
            else await Pulse.FlushRedisAsync(Ct);
        }
        finally
        {
            redis.Release();
        }
    }
}
