using System.Text.Json;
using Pulse.Contracts.Ids;

namespace Pulse.Contracts.Tests.Ids;

public sealed class IdJsonTests
{
    [Theory]
    [InlineData(1)]
    [InlineData((1L << 53) - 1)]
    [InlineData(1L << 53)]
    [InlineData((1L << 53) + 1)]
    [InlineData(long.MaxValue)]
    [Trait("Invariant", "31")]
    public void Write_AnyId_IsAStringThatReadsBackExactly(long id)
    {
        Assert.Equal($"\"{id}\"", JsonSerializer.Serialize(new PostId(id), PulseJson.Options));
        Assert.Equal($"\"{id}\"", JsonSerializer.Serialize(new UserId(id), PulseJson.Options));
        Assert.Equal(new PostId(id), JsonSerializer.Deserialize<PostId>($"\"{id}\"", PulseJson.Options));
        Assert.Equal(new UserId(id), JsonSerializer.Deserialize<UserId>($"\"{id}\"", PulseJson.Options));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("9007199254740993")]
    [InlineData("1.0")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("\"0\"")]
    [InlineData("\"-1\"")]
    [InlineData("\"07\"")]
    [InlineData("\" 7\"")]
    [InlineData("\"9223372036854775808\"")]
    [Trait("Invariant", "31")]
    public void Read_NotAStringOfDigits_IsRefused(string json)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PostId>(json, PulseJson.Options));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<UserId>(json, PulseJson.Options));
    }

    [Fact]
    [Trait("Invariant", "31")]
    public void Write_IdsWithinARecord_AreStrings()
    {
        var json = JsonSerializer.Serialize(new { PostId = new PostId((1L << 53) + 1), Parent = (PostId?)null, Ids = new UserId[] { new(3) } }, PulseJson.Options);

        Assert.Equal("""{"post_id":"9007199254740993","parent":null,"ids":["3"]}""", json);
    }
}
