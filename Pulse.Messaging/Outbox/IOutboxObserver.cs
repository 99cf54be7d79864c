namespace Pulse.Messaging.Outbox;

/// <summary>Work that must be repeated until it was done before an event leaves, such as a cached version that the request set only at best.</summary>
public interface IOutboxObserver
{
    /// <summary>Called before <paramref name="messages"/> are published; may be called again for the same ones.</summary>
    Task BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct);
}
