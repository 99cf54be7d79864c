using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Pulse.Contracts.Ids;

/// <summary>Names a post; newer posts have greater ids, so the id is sort key and cursor at once.</summary>
[JsonConverter(typeof(SnowflakeIdJsonConverter<PostId>))]
public readonly record struct PostId(long Value) : ISnowflakeId<PostId>, IParsable<PostId>, IComparable<PostId>
{
    public static PostId From(long value) => new(value);

    public static PostId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An id is a positive decimal number.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PostId result)
    {
        var parsed = Snowflake.TryParse(s, out var value);
        result = new PostId(value);
        return parsed;
    }

    public static bool operator <(PostId left, PostId right) => left.Value < right.Value;

    public static bool operator >(PostId left, PostId right) => left.Value > right.Value;

    public static bool operator <=(PostId left, PostId right) => left.Value <= right.Value;

    public static bool operator >=(PostId left, PostId right) => left.Value >= right.Value;

    public int CompareTo(PostId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
