using System.ComponentModel.DataAnnotations;

namespace Pulse.Timelines.Notifications;

/// <summary>How notifications are grouped and how long they are kept.</summary>
public sealed class NotificationOptions
{
    public const string Section = "Notifications";

    /// <summary>How long an unread notification takes in who does the same; after that, and when it was read, the next one begins another.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan GroupWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a notification is kept after the last thing it tells of. Longer than the group window.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The newest notifications that are kept for a user.</summary>
    [Range(1, 100_000)]
    public int Capacity { get; set; } = 1_000;

    /// <summary>Notifications between two trims.</summary>
    [Range(1, 10_000)]
    public int TrimSlack { get; set; } = 100;
}
