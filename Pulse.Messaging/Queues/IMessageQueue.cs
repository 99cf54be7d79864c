namespace Pulse.Messaging.Queues;

/// <summary>A queue with at-least-once delivery: what is received is hidden for a while and returns unless it is deleted.</summary>
public interface IMessageQueue
{
    /// <summary>The most messages of one call; SQS takes no more.</summary>
    const int MaxBatch = 10;

    string Name { get; }

    /// <summary>Waits up to <paramref name="wait"/> for up to <paramref name="max"/> messages and hides them for <paramref name="visibility"/>.</summary>
    Task<IReadOnlyList<Delivery>> ReceiveAsync(int max, TimeSpan wait, TimeSpan visibility, CancellationToken ct);

    /// <summary>Acknowledges up to <see cref="MaxBatch"/> deliveries.</summary>
    /// <returns>Those that could not be deleted; they will be delivered again.</returns>
    Task<IReadOnlyList<Delivery>> DeleteAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct);

    /// <summary>Hides up to <see cref="MaxBatch"/> deliveries for <paramref name="visibility"/> from now; zero gives them back at once.</summary>
    /// <returns>Those that could not be changed, mostly because they are not in flight any more.</returns>
    Task<IReadOnlyList<Delivery>> ChangeVisibilityAsync(IReadOnlyList<Delivery> deliveries, TimeSpan visibility, CancellationToken ct);

    /// <summary>Puts up to <see cref="MaxBatch"/> messages, received from another queue, into this one with their bodies and attributes.</summary>
    /// <returns>Those that were refused; all others are safe.</returns>
    Task<IReadOnlyList<Delivery>> SendAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct);

    /// <summary>How many messages there are, hidden ones included; SQS counts them approximately.</summary>
    Task<long> CountAsync(CancellationToken ct);
}

/// <summary>One receipt of one message.</summary>
/// <param name="Receipt">What deletes or hides this receipt; each receive has another one.</param>
/// <param name="Body">The envelope as JSON text.</param>
/// <param name="ReceiveCount">1 at the first delivery.</param>
/// <param name="TraceParent">The trace that the publisher passed on.</param>
public sealed record Delivery(string MessageId, string Receipt, string Body, int ReceiveCount, string? TraceParent)
{
    /// <summary>The attribute by which subscriptions filter.</summary>
    public string? Type { get; init; }

    /// <summary>The group of a fair queue.</summary>
    public string? GroupKey { get; init; }
}
