using System.ComponentModel.DataAnnotations;

namespace Pulse.Messaging.Outbox;

/// <summary>How the relay works through the outbox.</summary>
public sealed class OutboxOptions
{
    public const string Section = "Outbox";

    /// <summary>Rows claimed at a time; published side by side in batches of ten.</summary>
    [Range(1, 1000)]
    public int ClaimSize { get; set; } = 100;

    /// <summary>The longest that a committed row waits when its signal was lost, say with the process that wrote it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long published rows stay, for the operator's questions.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan KeepPublished { get; set; } = TimeSpan.FromDays(1);
}
