using System.Text;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.Contracts.Tests.PublishedKeys;

public sealed class PublishedValueTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 1, 2, 3, 456, TimeSpan.Zero);

    public static TheoryData<string> Contents => ["plain", "Grüße 👨‍👩‍👧‍👦 \"quoted\" \\ <b>", "line\nline\u0000end", "deleted", "\u202Ertl"];

    [Theory]
    [MemberData(nameof(Contents))]
    [Trait("Invariant", "31")]
    public void PostSnapshot_EncodeDecode_RoundTrips(string content)
    {
        foreach (var visibility in Enum.GetValues<PostVisibility>())
        {
            var whole = new PostSnapshot(new PostId((1L << 53) + 1), new UserId(long.MaxValue), content, visibility, Now, Now.AddSeconds(5), new PostId(1L << 53));
            var least = new PostSnapshot(new PostId(1), new UserId(2), content, visibility, Now);

            Assert.Equal(whole, PostSnapshot.Decode(whole.Encode()));
            Assert.Equal(least, PostSnapshot.Decode(least.Encode()));
            Assert.False(PostSnapshot.IsTombstone(least.Encode()));
        }
    }

    [Fact]
    public void PostSnapshot_FieldOfANewerVersion_IsIgnored()
    {
        var json = Encoding.UTF8.GetString(new PostSnapshot(new PostId(1), new UserId(2), "x", PostVisibility.Public, Now).Encode());

        Assert.Equal(new PostId(1), PostSnapshot.Decode(Encoding.UTF8.GetBytes(json.Insert(1, "\"poll\":{\"open\":true},"))).Id);
    }

    [Fact]
    [Trait("Invariant", "17")]
    public void Tombstone_IsNoSnapshot()
    {
        Assert.True(PostSnapshot.IsTombstone(PostSnapshot.Tombstone));
        Assert.Throws<JsonException>(() => PostSnapshot.Decode(PostSnapshot.Tombstone));
        Assert.False(PostSnapshot.IsTombstone([]));
        Assert.False(PostSnapshot.IsTombstone("deleted "u8));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://media.example/a.png?x=1&y=2")]
    public void AuthorCard_EncodeDecode_RoundTrips(string? avatar)
    {
        foreach (var standing in Enum.GetValues<AuthorStanding>())
        {
            var card = new AuthorCard(new UserId((1L << 53) + 1), "alice", "Älice 👋", avatar, IsCelebrity: true, IsPrivate: true, standing, Version: 1L << 40);

            Assert.Equal(card, AuthorCard.Decode(card.Encode()));
        }
    }

    [Fact]
    public void AuthorCard_OfAnOldVersion_TellsNeitherPrivacyNorStanding()
    {
        var old = AuthorCard.Decode("""{"id":"5","username":"alice","display_name":"Alice","is_celebrity":true}"""u8);

        Assert.Equal(new AuthorCard(new UserId(5), "alice", "Alice", AvatarUrl: null, IsCelebrity: true), old);
        Assert.Equal(0, old.Version);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("[]")]
    public void Decode_NotTheValue_IsRefused(string value)
    {
        Assert.Throws<JsonException>(() => PostSnapshot.Decode(Encoding.UTF8.GetBytes(value)));
        Assert.Throws<JsonException>(() => AuthorCard.Decode(Encoding.UTF8.GetBytes(value)));
    }

    [Fact]
    public void Keys_CarryTheIdAsHashTag()
    {
        Assert.Equal("p:post:{5}", PostKeys.Snapshot(new PostId(5)));
        Assert.Equal("p:self:{5}", PostKeys.Self(new UserId(5)));
        Assert.Equal("u:gv:{5}", UserKeys.GraphVersion(new UserId(5)));
        Assert.Equal("u:card:{5}", UserKeys.Card(new UserId(5)));
    }
}
