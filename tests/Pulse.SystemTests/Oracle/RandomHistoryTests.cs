using System.Collections.Concurrent;

namespace Pulse.SystemTests.Oracle;

/// <summary>
/// Short random histories on the whole system: repeated calls, blocks, authors who flip between push and pull, a Redis that is
/// emptied, a worker that is away. They run side by side, so that each also meets the accidents of the others.
/// </summary>
public sealed class RandomHistoryTests(RunningPulse pulse) : SystemTest(pulse)
{
    private const int Histories = 30;
    private const int SideBySide = 10;
    private const int People = 3;
    private const int Steps = 9;

    [Fact]
    [Trait("Category", "Property")]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "2")]
    [Trait("Invariant", "8")]
    [Trait("Invariant", "11")]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "19")]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "22")]
    public async Task Timelines_AnyHistory_EqualTheOracle()
    {
        var first = Seed.Choose();
        var fans = await Pulse.NewUsersAsync(RunningPulse.PushFollowerLimit, Ct);
        using var turn = new SemaphoreSlim(1);
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = Ct };
        ConcurrentBag<Exception> failures = [];
        foreach (var batch in Seed.From(first, Histories).Chunk(Histories))
        {
            ConcurrentBag<Past> pasts = [];
            await Parallel.ForEachAsync(batch, sideBySide, (seed, _) => NoteFailureAsync(async () => pasts.Add(await RunAsync(seed, fans, turn)), failures));
            // Only now: as long as one history takes parts away, the others wait for them.
            await Parallel.ForEachAsync(pasts, sideBySide, (past, _) => NoteFailureAsync(() => CheckAsync(past), failures));
        }

        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
    }

    private static async ValueTask NoteFailureAsync(Func<Task> act, ConcurrentBag<Exception> failures)
    {
        try
        {
            await act();
        }
        catch (InvalidOperationException failure)
        {
            failures.Add(failure);
        }
    }

    private static Task CheckAsync(Past past) => Seed.TellAsync(past.Seed, past.History, () => TimelineCheck.EqualsAsync(past.Record, past.History, Ct));

    private async Task<Past> RunAsync(int seed, IReadOnlyList<PulseUser> fans, SemaphoreSlim turn)
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
            await DisturbAsync(random, history, turn);
            await history.StepsAsync(Steps, Ct);
            foreach (var fan in fans.Take(random.Next(fans.Count))) await fan.UnfollowAsync(star, Ct);
            history.Note("the star may be pushed again");
            await history.StepsAsync(Steps, Ct);
        });
        return new Past(seed, record, history);
    }

    /// <summary>Takes a part away from all histories at once; one at a time does.</summary>
    private async Task DisturbAsync(Random random, RandomHistory history, SemaphoreSlim turn)
    {
        await turn.WaitAsync(Ct);
        try
        {
            switch (random.Next(10))
            {
                case < 6:
                    history.Note("redis is flushed");
                    await Pulse.FlushRedisAsync(Ct);
                    break;
                case < 7:
                    history.Note("redis restarts");
                    await Pulse.ResourceAsync("redis", "restart", Ct);
                    break;
                case < 8:
                    await AwayAsync("redis", history);
                    break;
                default:
                    await AwayAsync("fanout", history);
                    break;
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The history goes on without the resource.</summary>
    private async Task AwayAsync(string resource, RandomHistory history)
    {
        history.Note($"{resource} stops");
        await Pulse.ResourceAsync(resource, "stop", Ct);
        await history.StepsAsync(Steps / 2, Ct);
        history.Note($"{resource} starts");
        await Pulse.ResourceAsync(resource, "start", Ct);
    }

    /// <summary>A history that has been lived, and what is to be read after it.</summary>
    private sealed record Past(int Seed, SocialRecord Record, RandomHistory History);
}
