namespace Pulse.Messaging.Publishing;

/// <summary>Puts events on a topic.</summary>
public interface IEventPublisher
{
    /// <summary>The most entries of one call; SNS PublishBatch takes no more.</summary>
    const int MaxBatch = 10;

    /// <summary>Publishes up to <see cref="MaxBatch"/> entries.</summary>
    /// <returns>The entries that were refused, with the reason; they may be published again. All others are safe.</returns>
    /// <exception cref="EventPublishException">The call failed as a whole; any entry may or may not have been published.</exception>
    Task<IReadOnlyDictionary<long, string>> PublishAsync(string topic, IReadOnlyList<OutboundMessage> messages, CancellationToken ct);
}

/// <summary>One entry of a publish.</summary>
public sealed record OutboundMessage(long Id, string Type, string GroupKey, string Body, string? TraceParent);

/// <summary>The bus did not take a publish.</summary>
public sealed class EventPublishException(string message, Exception innerException) : Exception(message, innerException);
