using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Tests.Ids;

public sealed class SnowflakeTests
{
    private const long MaxMilliseconds = (1L << 41) - 1;

    [Fact]
    [Trait("Invariant", "31")]
    public void Compose_LargestOfEverything_Is63Bits()
    {
        Assert.Equal(long.MaxValue, Snowflake.Compose(MaxMilliseconds, Snowflake.MaxNode, Snowflake.MaxSequence));
        Assert.Equal(63, 41 + Snowflake.NodeBits + Snowflake.SequenceBits);
    }

    [Fact]
    public void Compose_Parts_StandInTheirBits()
    {
        Assert.Equal(1L << 22, Snowflake.Compose(1, 0, 0));
        Assert.Equal(1L << 12, Snowflake.Compose(0, 1, 0));
        Assert.Equal(1L, Snowflake.Compose(0, 0, 1));
    }

    [Fact]
    public void TimeOf_Epoch_IsNewYear2025() => Assert.Equal(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), Snowflake.TimeOf(0));

    [Fact]
    public void FirstAt_AnyTime_BoundsTheIdsOfIt()
    {
        var time = new DateTimeOffset(2026, 11, 20, 12, 0, 0, 123, TimeSpan.Zero);
        var first = Snowflake.FirstAt(time);

        Assert.Equal(time, Snowflake.TimeOf(first));
        Assert.Equal(time, Snowflake.TimeOf(first + (1 << 22) - 1));
        Assert.Equal(time.AddMilliseconds(-1), Snowflake.TimeOf(first - 1));
        Assert.Equal(0, Snowflake.FirstAt(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    [Trait("Invariant", "31")]
    public void ToBytes_AnyId_RoundTripsAndSortsLikeTheNumber()
    {
        long[] ids = [1, 255, 256, (1L << 31) - 1, 1L << 31, (1L << 32) - 1, 1L << 32, (1L << 53) - 1, 1L << 53, (1L << 53) + 1, long.MaxValue];

        Assert.Equal(ids, ids.Select(id => Snowflake.FromBytes(Snowflake.ToBytes(id))));
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(Snowflake.ToBytes(pair.First).AsSpan().SequenceCompareTo(Snowflake.ToBytes(pair.Second)) < 0));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("9007199254740993", (1L << 53) + 1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [Trait("Invariant", "31")]
    public void TryParse_Decimal_IsTheId(string text, long expected)
    {
        Assert.True(PostId.TryParse(text, provider: null, out var post));
        Assert.True(UserId.TryParse(text, provider: null, out var user));
        Assert.Equal((expected, expected), (post.Value, user.Value));
        Assert.Equal(text, post.ToString());
        Assert.Equal(post, PostId.Parse(text, provider: null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("00")]
    [InlineData("007")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\0")]
    [InlineData("1\n")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("٣")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999")]
    public void TryParse_AnyOtherSpelling_IsRefused(string? text)
    {
        Assert.False(PostId.TryParse(text, provider: null, out _));
        Assert.False(UserId.TryParse(text, provider: null, out _));
        Assert.Throws<FormatException>(() => PostId.Parse(text!, provider: null));
    }
}
