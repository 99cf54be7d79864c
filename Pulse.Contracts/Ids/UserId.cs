using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Pulse.Contracts.Ids;

/// <summary>Names a user.</summary>
[JsonConverter(typeof(SnowflakeIdJsonConverter<UserId>))]
public readonly record struct UserId(long Value) : ISnowflakeId<UserId>, IParsable<UserId>, IComparable<UserId>
{
    public static UserId From(long value) => new(value);

    public static UserId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An id is a positive decimal number.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out UserId result)
    {
        var parsed = Snowflake.TryParse(s, out var value);
        result = new UserId(value);
        return parsed;
    }

    public static bool operator <(UserId left, UserId right) => left.Value < right.Value;

    public static bool operator >(UserId left, UserId right) => left.Value > right.Value;

    public static bool operator <=(UserId left, UserId right) => left.Value <= right.Value;

    public static bool operator >=(UserId left, UserId right) => left.Value >= right.Value;

    public int CompareTo(UserId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
