using Pulse.Contracts.Ids;
using Pulse.Timelines.Keys;
using Pulse.Timelines.Store;
using StackExchange.Redis;

namespace Pulse.Timelines.Tests.Store;

public sealed class TimelineListTests
{
    private const ulong Life = 0xFEDC_BA98_7654_3210;

    [Fact]
    public void Parse_Nothing_IsCold() => Assert.Equal(TimelineState.Cold, TimelineList.Parse([], Life).State);

    [Fact]
    public void Parse_NoMarkerAtTheTail_IsCold() => Assert.Equal(TimelineState.Cold, TimelineList.Parse(Elements(null, 3, 2, 1), Life).State);

    [Fact]
    [Trait("Invariant", "20")]
    public void Parse_MarkerOfAnotherLife_IsCold() =>
        Assert.Equal(TimelineState.Cold, TimelineList.Parse(Elements(new Marker(0, Life + 1, 7), 3, 2, 1), Life).State);

    [Fact]
    public void Parse_UnfilledMarker_IsOpenAndShowsNothing()
    {
        var list = TimelineList.Parse(Elements(new Marker(Marker.Unfilled, Life, 7), 3, 2), Life);

        Assert.Equal(TimelineState.Open, list.State);
        Assert.Empty(list.Ids);
    }

    [Fact]
    [Trait("Invariant", "4")]
    [Trait("Invariant", "21")]
    public void Parse_ArrivalsOutOfOrderTwiceAndBelowTheFloor_IsSortedDistinctAndAboveTheFloor()
    {
        var list = TimelineList.Parse(Elements(new Marker(5, Life, 7), 9, 4, 7, 9, 5, 8, 7, 1), Life);

        Assert.Equal((TimelineState.Warm, 5L), (list.State, list.Floor));
        Assert.Equal([9, 8, 7, 5], list.Ids);
    }

    [Fact]
    public void Parse_OnlyAMarker_IsWarmAndEmpty()
    {
        var list = TimelineList.Parse(Elements(new Marker(0, Life, 7)), Life);

        Assert.Equal(TimelineState.Warm, list.State);
        Assert.Empty(list.Ids);
    }

    [Fact]
    [Trait("Invariant", "31")]
    public void Parse_IdsBeyondADouble_AreExact()
    {
        long[] ids = [long.MaxValue - 1, (1L << 53) + 1, 1L << 53, 0x0000_0001_8000_0000, 1];

        Assert.Equal(ids, TimelineList.Parse(Elements(new Marker(1, Life, ulong.MaxValue), [.. ids.Reverse()]), Life).Ids);
    }

    [Fact]
    public void Marker_EncodeDecode_RoundTrips()
    {
        var marker = new Marker(Marker.Unfilled, ulong.MaxValue, 0x8000_0000_0000_0001);

        Assert.Equal(Marker.ByteLength, marker.Encode().Length);
        Assert.Equal(marker, Marker.Decode(marker.Encode()));
    }

    private static RedisValue[] Elements(Marker? marker, params long[] ids) =>
        [.. ids.Select(id => (RedisValue)Snowflake.ToBytes(id)), .. marker is { } tail ? [(RedisValue)tail.Encode()] : Array.Empty<RedisValue>()];
}
