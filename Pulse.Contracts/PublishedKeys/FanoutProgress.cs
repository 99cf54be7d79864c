using System.Globalization;

namespace Pulse.Contracts.PublishedKeys;

/// <summary>
/// How far the road of an event has come, by stage. Each value is a time: every event that occurred before it has passed the stage.
/// A reader takes the least of all stages; how far it lies back is the lag of the bus. A stage that goes silent grows old by itself.
/// </summary>
public static class FanoutProgress
{
    /// <summary>STRING, Unix milliseconds: events of PostService that have left its outbox. PostService writes it.</summary>
    public const string PostsPublished = "p:published";

    /// <summary>STRING, Unix milliseconds: events of UserService that have left its outbox. UserService writes it.</summary>
    public const string UsersPublished = "u:published";

    /// <summary>HASH, a field per worker: a <see cref="WorkerProgress"/>. FanoutWorker writes it.</summary>
    public const string Handled = "t:handled";

    // The end of the year 9999.
    private const long MaxMilliseconds = 253_402_300_799_999;

    /// <summary>The value of the two strings.</summary>
    public static string Encode(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <returns>Null when <paramref name="value"/> is no such value.</returns>
    public static DateTimeOffset? Decode(string? value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= MaxMilliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}

/// <summary>What one worker has handled.</summary>
/// <param name="Before">Every event that reached this worker's queues and occurred before this is handled, or in the hands of another worker.</param>
/// <param name="ValidUntil">
/// When a worker that fell silent does not count any more: the messages it had are visible again by then, and another worker answers for them.
/// </param>
public readonly record struct WorkerProgress(DateTimeOffset Before, DateTimeOffset ValidUntil)
{
    /// <summary>Two numbers of Unix milliseconds with a colon between them.</summary>
    public string Encode() => $"{FanoutProgress.Encode(Before)}:{FanoutProgress.Encode(ValidUntil)}";

    /// <returns>Null when <paramref name="value"/> is no such value.</returns>
    public static WorkerProgress? Decode(string? value) =>
        value?.Split(':') is [var before, var until] && FanoutProgress.Decode(before) is { } handled && FanoutProgress.Decode(until) is { } valid
            ? new WorkerProgress(handled, valid)
            : null;
}
