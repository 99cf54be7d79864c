using Pulse.TimelineService.Merging;

namespace Pulse.TimelineService.Tests.Merging;

public sealed class TimelineMergeTests
{
    [Fact]
    [Trait("Invariant", "3")]
    [Trait("Invariant", "4")]
    public void Newest_RandomSources_EqualsTheNaiveMerge()
    {
        for (var seed = 1; seed <= 2_000; seed++)
        {
            var random = new Random(seed);
            long[][] sources = [.. Enumerable.Range(0, random.Next(0, 7)).Select(_ => RandomIds(random))];
            var count = random.Next(1, 30);

            var merged = TimelineMerge.Newest(sources, count);

            var expected = sources.SelectMany(source => source).Distinct().OrderDescending().Take(count);
            Assert.True(expected.SequenceEqual(merged), $"Seed {seed}.");
        }
    }

    [Fact]
    public void Newest_NoSource_IsEmpty() => Assert.Empty(TimelineMerge.Newest([], 5));

    [Fact]
    [Trait("Invariant", "31")]
    public void Newest_IdsBeyondADouble_StayApart()
    {
        const long Big = (1L << 53) + 1;

        Assert.Equal([long.MaxValue, Big, Big - 1], TimelineMerge.Newest([[long.MaxValue, Big - 1], [Big]], 5));
    }

    private static long[] RandomIds(Random random) =>
        [.. Enumerable.Range(0, random.Next(0, 20)).Select(_ => random.NextInt64(1, 40)).Distinct().OrderDescending()];
}
