using Pulse.ServiceDefaults.Problems;
using Pulse.TimelineService.Candidates;

namespace Pulse.TimelineService.Tests.Candidates;

public sealed class CandidateSourceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "21")]
    public async Task BeforeAsync_RandomFloors_EqualsTheWholeSequence()
    {
        for (var seed = 1; seed <= 2_000; seed++)
        {
            var random = new Random(seed);
            long[] all = [.. Enumerable.Range(0, random.Next(0, 40)).Select(_ => random.NextInt64(1, 60)).Distinct().OrderDescending()];
            var floor = random.NextInt64(0, 61);
            var source = CandidateSource.List([.. all.Where(id => id >= floor)], floor, fromCache: true, Older(all));
            var (before, count) = (random.NextInt64(1, 62), random.Next(1, 30));

            var (ids, bound) = await source.BeforeAsync(before, count, reach: 0, Ct);

            Assert.True(all.Where(id => id < before).Take(count).SequenceEqual(ids), $"Seed {seed}.");
            Assert.Equal(0, bound);
        }
    }

    [Fact]
    public async Task BeforeAsync_PageWithinTheList_DoesNotAsk()
    {
        var source = CandidateSource.List([9, 8, 7], floor: 7, fromCache: true, (_, _, _) => throw new InvalidOperationException("asked"));

        Assert.Equal([9, 8], (await source.BeforeAsync(long.MaxValue, 2, reach: 0, Ct)).Ids);
        Assert.Equal([8, 7], (await source.BeforeAsync(9, 2, reach: 0, Ct)).Ids);
    }

    [Fact]
    public async Task BeforeAsync_NothingBelowTheFloor_DoesNotAsk()
    {
        var source = CandidateSource.List([9, 8], floor: 0, fromCache: true, (_, _, _) => throw new InvalidOperationException("asked"));

        Assert.Equal([8], (await source.BeforeAsync(9, 5, reach: 0, Ct)).Ids);
    }

    [Theory]
    [InlineData(6, "9 8", "no")]
    [InlineData(7, "9 8", "no")]
    [InlineData(8, "9 8 6 5", "yes")]
    public async Task BeforeAsync_OthersReachDown_AsksOnlyForWhatLiesAboveTheirReach(long floor, string expected, string asks)
    {
        var asked = "no";
        var source = CandidateSource.List([9, 8], floor, fromCache: true, (_, _, _) =>
        {
            asked = "yes";
            return Task.FromResult<List<long>>([6, 5]);
        });

        var (ids, bound) = await source.BeforeAsync(long.MaxValue, 4, reach: 7, Ct);

        Assert.Equal((expected, 0, asks), (string.Join(' ', ids), bound, asked));
    }

    [Theory]
    [InlineData(long.MaxValue, 7)]
    [InlineData(9, 7)]
    [InlineData(5, 5)]
    [Trait("Invariant", "30")]
    public async Task BeforeAsync_OutageBelowTheFloor_SaysFromWhereItIsComplete(long before, long expectedBound)
    {
        var source = CandidateSource.List([9, 8], floor: 7, fromCache: true, (_, _, _) => throw new DependencyUnavailableException("postgres"));

        var (ids, bound) = await source.BeforeAsync(before, 5, reach: 0, Ct);

        Assert.Equal(new long[] { 9, 8 }.Where(id => id < before), ids);
        Assert.Equal(expectedBound, bound);
        Assert.True(source.Failed);
    }

    [Fact]
    public async Task BeforeAsync_OutageOfAnOptionalSource_BoundsNothing()
    {
        var source = CandidateSource.Query((_, _, _) => throw new DependencyUnavailableException("posts"), optional: "posts");

        var (ids, bound) = await source.BeforeAsync(long.MaxValue, 5, reach: 0, Ct);

        Assert.Empty(ids);
        Assert.Equal(0, bound);
        Assert.True(source.Failed);
    }

    [Fact]
    public async Task BeforeAsync_ADefect_IsNotAnOutage()
    {
        var source = CandidateSource.Query((_, _, _) => throw new InvalidOperationException("a defect"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => source.BeforeAsync(long.MaxValue, 5, reach: 0, Ct));
    }

    private static OlderIds Older(long[] all) => (before, count, _) => Task.FromResult(all.Where(id => id < before).Take(count).ToList());
}
