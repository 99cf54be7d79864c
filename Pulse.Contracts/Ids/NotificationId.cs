using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Pulse.Contracts.Ids;

/// <summary>
/// Names the newest thing that a notification tells of, among all that its reader was told; one that tells of more has another one. What reached him later
/// has the greater one, so it is sort key, cursor and the mark of what was read at once.
/// </summary>
[JsonConverter(typeof(SnowflakeIdJsonConverter<NotificationId>))]
public readonly record struct NotificationId(long Value) : ISnowflakeId<NotificationId>, IParsable<NotificationId>
{
    public static NotificationId From(long value) => new(value);

    public static NotificationId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An id is a positive decimal number.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out NotificationId result)
    {
        var parsed = Snowflake.TryParse(s, out var value);
        result = new NotificationId(value);
        return parsed;
    }

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
