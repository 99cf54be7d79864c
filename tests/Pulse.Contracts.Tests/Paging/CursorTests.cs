using System.Buffers.Text;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;

namespace Pulse.Contracts.Tests.Paging;

public sealed class CursorTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/% \t\n\0ä";

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, long.MaxValue)]
    [InlineData((1L << 53) + 1, (1L << 53) + 3)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [Trait("Invariant", "31")]
    public void FeedCursor_EncodeDecode_RoundTrips(long scanned, long first)
    {
        var cursor = new FeedCursor(new PostId(scanned), new PostId(first));

        Assert.True(FeedCursor.TryDecode(cursor.Encode(), out var decoded));
        Assert.Equal(cursor, decoded);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(FeedCursor.MaxOwed)]
    [Trait("Invariant", "13")]
    [Trait("Invariant", "31")]
    public void FeedCursor_WithOwedPosts_RoundTrips(int count)
    {
        var cursor = new FeedCursor(new PostId((1L << 53) + 1000), new PostId(1L << 60)) { Owed = [.. Enumerable.Range(0, count).Select(number => new PostId((1L << 53) + 999 - number))] };

        Assert.True(FeedCursor.TryDecode(cursor.Encode(), out var decoded));

        Assert.Equal((cursor.Scanned, cursor.First), (decoded.Scanned, decoded.First));
        Assert.Equal(cursor.Owed, decoded.Owed);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(0, FeedCursor.MaxShown)]
    [InlineData(FeedCursor.MaxOwed, FeedCursor.MaxShown)]
    [Trait("Invariant", "3")]
    [Trait("Invariant", "31")]
    public void FeedCursor_WithShownPosts_RoundTrips(int owed, int shown)
    {
        var cursor = new FeedCursor(new PostId((1L << 53) + 1000), new PostId(1L << 60)) { Owed = Below(owed), Shown = Below(shown) };

        Assert.True(FeedCursor.TryDecode(cursor.Encode(), out var decoded));

        Assert.Equal((cursor.Scanned, cursor.First), (decoded.Scanned, decoded.First));
        Assert.Equal(cursor.Owed, decoded.Owed ?? []);
        Assert.Equal(cursor.Shown, decoded.Shown);

        static PostId[] Below(int count) => [.. Enumerable.Range(0, count).Select(number => new PostId((1L << 53) + 999 - number))];
    }

    [Theory]
    [InlineData(0, new long[] { })]
    [InlineData(1, new long[] { 8 })]
    [InlineData(3, new long[] { 8, 7 })]
    [InlineData(0, new long[] { 7, 8 })]
    [InlineData(0, new long[] { 8, 8 })]
    [InlineData(0, new long[] { 9 })]
    [InlineData(1, new long[] { 8, 9 })]
    [InlineData(255, new long[] { 8, 7 })]
    public void FeedCursor_ShownPostsThatCannotBe_AreRefused(byte owed, long[] ids) => Assert.False(FeedCursor.TryDecode(
        Base64Url.EncodeToString([3, .. Snowflake.ToBytes(9), .. Snowflake.ToBytes(10), owed, .. ids.SelectMany(Snowflake.ToBytes)]), out _));

    [Theory]
    [InlineData(2, new long[] { 8, 8 })]
    [InlineData(2, new long[] { 9 })]
    [InlineData(2, new long[] { 7, 8 })]
    [InlineData(2, new long[] { 0 })]
    [InlineData(1, new long[] { 7 })]
    public void FeedCursor_OwedPostsOutOfOrder_IsRefused(byte version, long[] owed) => Assert.False(FeedCursor.TryDecode(
        Base64Url.EncodeToString([version, .. Snowflake.ToBytes(9), .. Snowflake.ToBytes(10), .. owed.SelectMany(Snowflake.ToBytes)]), out _));

    [Fact]
    public void FeedCursor_MoreOwedThanItHolds_IsRefused() => Assert.False(FeedCursor.TryDecode(
        Base64Url.EncodeToString([2, .. Snowflake.ToBytes(1000), .. Snowflake.ToBytes(1000), .. Enumerable.Range(0, FeedCursor.MaxOwed + 1).SelectMany(number => Snowflake.ToBytes(999 - number))]), out _));

    [Theory]
    [InlineData(-3, 0, 1)]
    [InlineData(7, (1L << 53) + 1, (1L << 53) + 3)]
    [InlineData(long.MinValue, long.MaxValue, long.MaxValue)]
    public void RankCursor_EncodeDecode_RoundTrips(long rank, long weight, long last)
    {
        Assert.True(RankCursor.TryDecode(new RankCursor(rank, weight, last).Encode(), out var decoded));
        Assert.Equal(new RankCursor(rank, weight, last), decoded);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("x")]
    [InlineData("AgAAAAAAAAAB")]
    public void RankCursor_Other_IsRefused(string? text) => Assert.False(RankCursor.TryDecode(text, out _));

    [Theory]
    [InlineData(1, 1)]
    [InlineData((1L << 53) + 1, (1L << 53) + 3)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void NotificationCursor_EncodeDecode_RoundTrips(long scanned, long newest)
    {
        var cursor = new NotificationCursor(new NotificationId(scanned), new NotificationId(newest));

        Assert.True(NotificationCursor.TryDecode(cursor.Encode(), out var decoded));
        Assert.Equal(cursor, decoded);
    }

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(4, 0, 2)]
    [InlineData(4, -1, 2)]
    [InlineData(4, 3, 2)]
    public void NotificationCursor_WrongVersionOrImpossibleIds_IsRefused(byte version, long scanned, long newest) =>
        Assert.False(NotificationCursor.TryDecode(Base64Url.EncodeToString([version, .. Snowflake.ToBytes(scanned), .. Snowflake.ToBytes(newest)]), out _));

    [Theory]
    [InlineData(1)]
    [InlineData((1L << 53) + 1)]
    [InlineData(long.MaxValue)]
    [Trait("Invariant", "31")]
    public void KeysetCursor_EncodeDecode_RoundTrips(long last)
    {
        Assert.True(KeysetCursor.TryDecode(new KeysetCursor(last).Encode(), out var decoded));
        Assert.Equal(last, decoded.Last);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("0")]
    [InlineData("12345678901234567890")]
    [InlineData("AQAAAAAAAAABAAAAAAAAAAE=")]
    public void TryDecode_Malformed_IsRefused(string? text)
    {
        Assert.False(FeedCursor.TryDecode(text, out _));
        Assert.False(KeysetCursor.TryDecode(text, out _));
        Assert.False(NotificationCursor.TryDecode(text, out _));
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 2)]
    [InlineData(1, 0, 2)]
    [InlineData(1, -1, 2)]
    [InlineData(1, 3, 2)]
    [InlineData(1, 1, -1)]
    public void FeedCursor_WrongVersionOrImpossibleIds_IsRefused(byte version, long scanned, long first) =>
        Assert.False(FeedCursor.TryDecode(Base64Url.EncodeToString([version, .. Snowflake.ToBytes(scanned), .. Snowflake.ToBytes(first)]), out _));

    [Fact]
    public void Cursors_OfOneKind_AreNotTakenForTheOther()
    {
        Assert.False(KeysetCursor.TryDecode(new FeedCursor(new PostId(1), new PostId(2)).Encode(), out _));
        Assert.False(FeedCursor.TryDecode(new KeysetCursor(1).Encode(), out _));
        Assert.False(NotificationCursor.TryDecode(new FeedCursor(new PostId(1), new PostId(2)).Encode(), out _));
        Assert.False(FeedCursor.TryDecode(new NotificationCursor(new NotificationId(1), new NotificationId(2)).Encode(), out _));
    }

    /// <summary>Whatever is taken was written by <c>Encode</c>: one cursor has one spelling.</summary>
    [Fact]
    public void TryDecode_RandomAndDamagedText_TakesOnlyWhatEncodeWrites()
    {
        for (var seed = 1; seed <= 50_000; seed++)
        {
            var random = new Random(seed);
            var text = Damaged(random);
            if (FeedCursor.TryDecode(text, out var feed)) Assert.True(feed.Encode() == text, $"Seed {seed}: '{text}' is taken for '{feed.Encode()}'.");
            if (KeysetCursor.TryDecode(text, out var keyset)) Assert.True(keyset.Encode() == text, $"Seed {seed}: '{text}' is taken for '{keyset.Encode()}'.");
        }
    }

    private static string Damaged(Random random)
    {
        var first = random.NextInt64(1, long.MaxValue);
        var text = random.Next(4) switch
        {
            0 => new FeedCursor(new PostId(random.NextInt64(1, first + 1)), new PostId(first)).Encode(),
            1 => new KeysetCursor(first).Encode(),
            2 => new FeedCursor(new PostId(first), new PostId(first)) { Shown = [new PostId((first / 2) + 1), new PostId(first / 3)] }.Encode(),
            _ => new string(random.GetItems<char>(Alphabet, random.Next(0, 30))),
        };
        var characters = text.ToList();
        for (var damage = random.Next(0, 3); damage > 0 && characters.Count > 0; damage--)
        {
            var at = random.Next(2) == 0 ? characters.Count - 1 : random.Next(characters.Count);
            var character = Alphabet[random.Next(Alphabet.Length)];
            switch (random.Next(3))
            {
                case 0:
                    characters[at] = character;
                    break;
                case 1:
                    characters.Insert(at, character);
                    break;
                default:
                    characters.RemoveAt(at);
                    break;
            }
        }

        return new string([.. characters]);
    }
}
