using Pulse.Contracts.Events;

namespace Pulse.Messaging.Queues;

/// <summary>Acts on the messages of one queue. Idempotent: any message may come twice, late, or before its elder.</summary>
public interface IMessageHandler
{
    /// <summary>Handles one event. An exception leaves the message in its queue, for redelivery and at last the dead-letter queue.</summary>
    Task HandleAsync(EventEnvelope message, CancellationToken ct);
}

/// <summary>Tells an outage, during which a pump waits, from a failure, which counts as a receive.</summary>
public interface IOutageDetector
{
    bool IsOutage(Exception exception);

    /// <summary>Whether everything the handler needs answers right now.</summary>
    Task<bool> IsHealthyAsync(CancellationToken ct);
}
