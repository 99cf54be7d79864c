using System.ComponentModel.DataAnnotations;

namespace Pulse.Messaging.Queues;

/// <summary>How a pump draws from its queue.</summary>
public sealed class QueuePumpOptions
{
    public const string Section = "Queues";

    /// <summary>Handlers side by side. One giant author must not delay the others, so more than there are cores.</summary>
    [Range(1, 256)]
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>
    /// How long a received message is hidden; extended at a third of it while its handler runs. It is also how late the
    /// messages of a worker that was killed come to another one.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "12:00:00")]
    public TimeSpan Visibility { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an empty receive waits, and so how long stopping takes. SQS allows 20 s; at 2 s an idle queue costs 1.3 million calls a month.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:20")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a message whose handler failed stays hidden before it comes again.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:15:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a paused pump looks whether its dependencies are back.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan OutageProbe { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long stopping waits for running handlers; what is unfinished then goes back to the queue.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
