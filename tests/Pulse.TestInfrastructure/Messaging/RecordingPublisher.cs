using System.Collections.Concurrent;
using Pulse.Messaging.Publishing;

namespace Pulse.TestInfrastructure.Messaging;

/// <summary>A bus that remembers what it was given and can be away.</summary>
public sealed class RecordingPublisher : IEventPublisher
{
    private readonly ConcurrentQueue<(string Topic, OutboundMessage Message)> _published = new();
    private int _refused;

    public IReadOnlyList<(string Topic, OutboundMessage Message)> Published => [.. _published];

    public bool IsAway { get; set; }

    /// <summary>Publishes that found the bus away.</summary>
    public int Refused => _refused;

    public Task<IReadOnlyDictionary<long, string>> PublishAsync(string topic, IReadOnlyList<OutboundMessage> messages, CancellationToken ct)
    {
        if (IsAway)
        {
            Interlocked.Increment(ref _refused);
            throw new EventPublishException("The bus is away.", new TimeoutException());
        }

        foreach (var message in messages) _published.Enqueue((topic, message));
        return Task.FromResult<IReadOnlyDictionary<long, string>>(new Dictionary<long, string>());
    }
}
