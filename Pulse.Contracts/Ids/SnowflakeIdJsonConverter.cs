using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pulse.Contracts.Ids;

/// <summary>Ids travel as strings: a JSON number loses every bit past the 53rd in most clients.</summary>
public sealed class SnowflakeIdJsonConverter<TId> : JsonConverter<TId>
    where TId : struct, ISnowflakeId<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Snowflake.TryParse(reader.GetString(), out var value)
            ? TId.From(value)
            : throw new JsonException("An id is a string of decimal digits.");

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value.Value, digits, out var written);
        writer.WriteStringValue(digits[..written]);
    }
}
