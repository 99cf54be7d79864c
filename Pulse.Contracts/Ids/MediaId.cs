using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Pulse.Contracts.Ids;

/// <summary>Names an upload, and what is made of it.</summary>
[JsonConverter(typeof(SnowflakeIdJsonConverter<MediaId>))]
public readonly record struct MediaId(long Value) : ISnowflakeId<MediaId>, IParsable<MediaId>, IComparable<MediaId>
{
    public static MediaId From(long value) => new(value);

    public static MediaId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An id is a positive decimal number.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MediaId result)
    {
        var parsed = Snowflake.TryParse(s, out var value);
        result = new MediaId(value);
        return parsed;
    }

    public static bool operator <(MediaId left, MediaId right) => left.Value < right.Value;

    public static bool operator >(MediaId left, MediaId right) => left.Value > right.Value;

    public static bool operator <=(MediaId left, MediaId right) => left.Value <= right.Value;

    public static bool operator >=(MediaId left, MediaId right) => left.Value >= right.Value;

    public int CompareTo(MediaId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
