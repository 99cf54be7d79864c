using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Pulse.Contracts.Ids;

namespace Pulse.PostService.Moderation;

/// <summary>Names a case: all reports of one post or user until it is decided.</summary>
[JsonConverter(typeof(SnowflakeIdJsonConverter<CaseId>))]
public readonly record struct CaseId(long Value) : ISnowflakeId<CaseId>, IParsable<CaseId>
{
    public static CaseId From(long value) => new(value);

    public static CaseId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("An id is a positive decimal number.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out CaseId result)
    {
        var parsed = Snowflake.TryParse(s, out var value);
        result = new CaseId(value);
        return parsed;
    }

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Names a report.</summary>
[JsonConverter(typeof(SnowflakeIdJsonConverter<ReportId>))]
public readonly record struct ReportId(long Value) : ISnowflakeId<ReportId>
{
    public static ReportId From(long value) => new(value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Names an entry of the audit log.</summary>
[JsonConverter(typeof(SnowflakeIdJsonConverter<ModerationEntryId>))]
public readonly record struct ModerationEntryId(long Value) : ISnowflakeId<ModerationEntryId>
{
    public static ModerationEntryId From(long value) => new(value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
