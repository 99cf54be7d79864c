using System.Text.Json;

namespace Pulse.Contracts.Tests;

public sealed class PulseJsonTests
{
    [Theory]
    [InlineData("2026-11-20T10:20:30.1234567+02:00", "2026-11-20T08:20:30.123Z")]
    [InlineData("2026-11-20T10:20:30Z", "2026-11-20T10:20:30.000Z")]
    [InlineData("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000Z")]
    public void Time_AnyOffset_IsWrittenInUtcWithMilliseconds(string time, string expected)
    {
        var read = JsonSerializer.Deserialize<DateTimeOffset>($"\"{time}\"", PulseJson.Options);

        Assert.Equal(TimeSpan.Zero, read.Offset);
        Assert.Equal($"\"{expected}\"", JsonSerializer.Serialize(read, PulseJson.Options));
        Assert.Equal("null", JsonSerializer.Serialize<DateTimeOffset?>(value: null, PulseJson.Options));
    }

    [Theory]
    [InlineData(PostVisibility.Public, "public")]
    [InlineData(PostVisibility.Followers, "followers")]
    [InlineData(PostVisibility.Mentioned, "mentioned")]
    public void Enum_AnyValue_IsItsNameInSnakeCase(PostVisibility value, string name)
    {
        Assert.Equal($"\"{name}\"", JsonSerializer.Serialize(value, PulseJson.Options));
        Assert.Equal(value, JsonSerializer.Deserialize<PostVisibility>($"\"{name}\"", PulseJson.Options));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"1\"")]
    [InlineData("\"friends\"")]
    [InlineData("\"public,followers\"")]
    [InlineData("\"followers, mentioned\"")]
    [InlineData("\" public\"")]
    [InlineData("\"Public\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void Enum_NumberOrUnknownName_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PostVisibility>(json, PulseJson.Options));

    [Fact]
    public void Enum_NoValueOfIt_IsNotWritten() => Assert.Throws<JsonException>(() => JsonSerializer.Serialize((PostVisibility)7, PulseJson.Options));

    [Fact]
    public void Names_SeveralWords_AreSnakeCaseAndDictionaryKeysStay()
    {
        var json = JsonSerializer.Serialize(new { NextCursor = "a", HasMore = true, Errors = new Dictionary<string, int> { ["KeyOfMine"] = 1 } }, PulseJson.Options);

        Assert.Equal("""{"next_cursor":"a","has_more":true,"errors":{"KeyOfMine":1}}""", json);
    }

    [Fact]
    public void Text_OutsideAscii_KeepsItsCharacters() =>
        Assert.Equal("\"Grüße ☕ <b> & 'x'\"", JsonSerializer.Serialize("Grüße ☕ <b> & 'x'", PulseJson.Options));

    [Fact]
    public void Read_NullForWhatCannotBeNull_IsRefused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Named>("""{"some_name":null}""", PulseJson.Options));

    private sealed record Named(string SomeName);
}
