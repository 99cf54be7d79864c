using Pulse.Timelines.Store;

namespace Pulse.Timelines.Tests.Store;

/// <summary>
/// Planners, rebuilders, follows, trims, flushes and deletes of one timeline, interleaved at every step in random order,
/// against a model that knows what Postgres holds.
/// </summary>
public sealed class InterleavingTests(TimelineSlice slice)
{
    private const int Steps = 80;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 100)]
    [InlineData(101, 100)]
    [InlineData(201, 100)]
    [InlineData(301, 100)]
    [Trait("Invariant", "18")]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "21")]
    [Trait("Invariant", "22")]
    [Trait("Invariant", "23")]
    public async Task List_RandomInterleaving_IsCompleteAboveItsFloorWheneverItIsWarm(int firstSeed, int cases)
    {
        var warm = 0;
        for (var seed = firstSeed; seed < firstSeed + cases; seed++)
        {
            var model = new TimelineModel(slice, seed);
            for (var step = 0; step < Steps; step++)
            {
                var action = await model.StepAsync(Ct);
                var list = await model.ReadAsync(Ct);
                if (list.State != TimelineState.Warm) continue;

                warm++;
                var (missing, unknown) = (model.Required(list.Floor).Except(list.Ids), list.Ids.Except(model.Possible));
                Assert.True(
                    !missing.Any() && !unknown.Any(),
                    $"Seed {seed}, step {step} ({action}), floor {list.Floor}: missing [{string.Join(", ", missing)}], unknown [{string.Join(", ", unknown)}].");
                Assert.True(await model.LengthAsync() <= model.MostElements, $"Seed {seed}, step {step} ({action}): the list grows.");
            }

            await model.RemoveAsync();
        }

        // The test would show nothing if lists hardly ever became warm.
        Assert.True(warm > cases * Steps / 4, $"Warm at {warm} of {cases * Steps} steps.");
    }
}
