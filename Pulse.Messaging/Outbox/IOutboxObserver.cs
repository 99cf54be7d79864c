namespace Pulse.Messaging.Outbox;

/// <summary>Work that must be repeated until it was done before an event leaves, such as a cached version that the request set only at best.</summary>
public interface IOutboxObserver
{
    /// <summary>Called before <paramref name="messages"/> are published; may be called again for the same ones.</summary>
    /// <returns>The ids of those that must wait: they stay pending and come again, and the others do not wait for them.</returns>
    Task<IReadOnlyCollection<long>> BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct);
}
