using System.ComponentModel.DataAnnotations;

namespace Pulse.Timelines;

/// <summary>Size and life of the cached lists.</summary>
public sealed class TimelineOptions
{
    public const string Section = "Timelines";

    /// <summary>Ids a list keeps: eight pages of fifty, beyond what nearly all readers scroll; older pages come from Postgres.</summary>
    [Range(1, 10_000)]
    public int Capacity { get; set; } = 400;

    /// <summary>Pushes between two trims: a list is cut back to its capacity when it is this much longer.</summary>
    [Range(1, 1_000)]
    public int TrimSlack { get; set; } = 64;

    /// <summary>How long a list outlives its last read.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a list may stand open without being filled; after that its rebuilder counts as dead.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan OpenLifetime { get; set; } = TimeSpan.FromSeconds(10);
}
