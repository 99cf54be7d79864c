using System.Collections.Concurrent;
using Pulse.Engine.Tests.Engine;
using Pulse.TestInfrastructure;

namespace Pulse.Engine.Tests.Histories;

/// <summary>
/// Random histories against an oracle in memory: the worker's handlers, the library and the reader on a real Redis and a real
/// Postgres, with a bus that repeats, reorders, delays and comes back after a crash.
/// </summary>
public sealed class HistoryTests
{
    private const int Histories = 1_000;
    private const int Lanes = 3;
    private const int MostShrinks = 300;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Property")]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "2")]
    [Trait("Invariant", "3")]
    [Trait("Invariant", "4")]
    [Trait("Invariant", "6")]
    [Trait("Invariant", "7")]
    [Trait("Invariant", "8")]
    [Trait("Invariant", "11")]
    [Trait("Invariant", "14")]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "17")]
    [Trait("Invariant", "18")]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "22")]
    [Trait("Invariant", "23")]
    public async Task Timelines_AnyHistory_EqualTheOracle()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        var seeds = new ConcurrentQueue<int>();
        using var more = TestRun.Seeds(Histories).GetEnumerator();
        var failures = new ConcurrentBag<string>();
        var run = 0;
        await Parallel.ForAsync(0, Lanes, Ct, async (number, ct) =>
        {
            await using var lane = await EngineLane.CreateAsync(postgres, $"lane_{number}", ct);
            while (failures.IsEmpty && Next() is { } seed)
            {
                var history = Generator.Of(seed);
                Interlocked.Increment(ref run);
                if (await HistoryRun.FailureAsync(lane, history, ct) is { } failure) failures.Add(await ShrinkAsync(lane, seed, history, failure, ct));
            }
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"{run} histories");
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures));
        Assert.True(run > 0, "No history ran.");

        int? Next()
        {
            lock (seeds) return more.MoveNext() ? more.Current : null;
        }
    }

    /// <summary>Found by a random history: the floor of a list led its reader to the planned posts only, and his own were not planned.</summary>
    [Fact]
    [Trait("Invariant", "11")]
    public async Task Timelines_UnplannedOwnPostsBeyondAListAfterAFlush_AreAllThere()
    {
        await using var postgres = await LocalPostgres.CreateAsync(Ct);
        await using var lane = await EngineLane.CreateAsync(postgres, "lane", Ct);
        var history = new History(Capacity: 2, TrimSlack: 1, FollowerPage: 7, [new Step(StepKind.Burst, 0, 0, 4), new Step(StepKind.Flush, 0, 0, 0), new Step(StepKind.Read, 0, 0, 1)]);

        Assert.Null(await HistoryRun.FailureAsync(lane, history, Ct));
    }

    /// <summary>The smallest history that still fails, as far as it can be found.</summary>
    private static async Task<string> ShrinkAsync(EngineLane lane, int seed, History history, string failure, CancellationToken ct)
    {
        var (tried, smaller) = (0, true);
        while (smaller && tried < MostShrinks)
        {
            smaller = false;
            foreach (var candidate in Generator.Arbitrary.Shrinker(history))
            {
                if (++tried >= MostShrinks) break;
                if (await HistoryRun.FailureAsync(lane, candidate, ct) is not { } same) continue;

                (history, failure, smaller) = (candidate, same, true);
                break;
            }
        }

        return $"PULSE_TEST_SEED={seed}, {history}\n{failure}";
    }
}
