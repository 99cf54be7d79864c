using System.ComponentModel.DataAnnotations;

namespace Pulse.TimelineService.HomeTimeline;

/// <summary>How a page is read.</summary>
internal sealed class FeedOptions
{
    public const string Section = "Feed";

    /// <summary>Followees followed for less than this are also read from Postgres: their edge may not have reached fan-out yet.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan YoungEdge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>When the rules keep emptying a page, refilling stops here and the page says <c>partial</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Events that are on their way for longer than this make a page say <c>fanout-lag</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FanoutLag { get; set; } = TimeSpan.FromSeconds(5);
}
