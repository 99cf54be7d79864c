using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Tests.Ids;

public sealed class SnowflakeGeneratorTests
{
    private const int Node = 77;

    private readonly SteppedClock _clock = new(new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Next_FirstOfAMillisecond_CarriesTimeAndNode()
    {
        var id = Generator().Next();

        Assert.Equal(Snowflake.FirstAt(_clock.Now) + (Node << Snowflake.SequenceBits), id);
        Assert.Equal(_clock.Now, Snowflake.TimeOf(id));
    }

    [Fact]
    [Trait("Invariant", "4")]
    public void Next_ClockStepsBothWays_StrictlyIncreases()
    {
        var random = new Random(1);
        var generator = Generator();
        var last = 0L;
        for (var minted = 0; minted < 100_000; minted++)
        {
            if (random.Next(50) == 0) _clock.Now += TimeSpan.FromMilliseconds(random.Next(-20, 22));
            var id = generator.Next();
            Assert.True(id > last, $"{id} after {last}");
            Assert.Equal(Node, (int)(id >> Snowflake.SequenceBits) & Snowflake.MaxNode);
            last = id;
        }
    }

    [Fact]
    public void Next_SequenceFull_BorrowsFromTheNextMillisecond()
    {
        var generator = Generator();
        for (var minted = 0; minted <= Snowflake.MaxSequence; minted++) Assert.Equal(_clock.Now, Snowflake.TimeOf(generator.Next()));

        Assert.Equal(Snowflake.Compose(Milliseconds + 1, Node, 0), generator.Next());
    }

    [Theory]
    [InlineData(Node - 1)]
    [InlineData(Node)]
    [InlineData(Node + 1)]
    [InlineData(Snowflake.MaxNode)]
    [Trait("Invariant", "13")]
    public void Next_ParentOfANodeWhoseClockIsAhead_IsGreater(int node)
    {
        foreach (var ahead in (int[])[-1, 0, 1, 5_000])
        {
            foreach (var sequence in (int[])[0, 1, Snowflake.MaxSequence])
            {
                var generator = Generator();
                var parent = Snowflake.Compose(Milliseconds + ahead, node, sequence);
                var reply = generator.Next(above: parent);

                Assert.True(reply > parent, $"{reply} answers {parent}");
                Assert.True(generator.Next() > reply);
                Assert.True(generator.Next(above: parent) > reply);
            }
        }
    }

    [Fact]
    public async Task Next_ManyAtOnce_NeverRepeats()
    {
        var generator = new SnowflakeGenerator(TimeProvider.System, () => Node);

        var minted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 20_000).Select(_ => generator.Next()).ToArray())));

        Assert.Equal(80_000, minted.SelectMany(ids => ids).Distinct().Count());
    }

    [Fact]
    public void Next_ClockBeforeTheEpoch_StillIsPositive()
    {
        _clock.Now = DateTimeOffset.UnixEpoch;

        Assert.True(Generator().Next() > 0);
    }

    [Fact]
    public void Next_NoNode_Throws()
    {
        var generator = new SnowflakeGenerator(_clock, () => throw new InvalidOperationException("no node"));

        Assert.Throws<InvalidOperationException>(() => generator.Next());
    }

    private long Milliseconds => Snowflake.MillisecondsOf(Snowflake.FirstAt(_clock.Now));

    private SnowflakeGenerator Generator() => new(_clock, () => Node);

    private sealed class SteppedClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
