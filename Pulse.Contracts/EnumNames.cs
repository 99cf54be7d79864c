using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pulse.Contracts;

/// <summary>
/// Enums by their names, of which a text is exactly one. The framework's converter also reads <c>"a, b"</c>, in any case, as the union of two numbers,
/// which is another value, or none.
/// </summary>
public static class EnumNames
{
    /// <summary>The names of an enum's values in the dialect of <see cref="PulseJson"/>, in their order.</summary>
    public static IEnumerable<string> Of(Type type) => Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);

    internal sealed class Factory : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class Converter<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private readonly Dictionary<string, T> _values = Of(typeof(T)).Zip(Enum.GetValues<T>()).ToDictionary(entry => entry.First, entry => entry.Second, StringComparer.Ordinal);
        private readonly Dictionary<T, string> _names = Enum.GetValues<T>().Zip(Of(typeof(T))).ToDictionary();

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && _values.TryGetValue(reader.GetString()!, out var value)
                ? value
                : throw new JsonException($"One of {string.Join(", ", _values.Keys)} was expected.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(_names.GetValueOrDefault(value) ?? throw new JsonException($"{value} is no {typeof(T).Name}."));
    }
}
