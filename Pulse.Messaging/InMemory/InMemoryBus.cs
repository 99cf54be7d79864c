using Pulse.Messaging.Publishing;
using Pulse.Messaging.Queues;

namespace Pulse.Messaging.InMemory;

/// <summary>
/// Topics and queues of one process with the manners of SNS and SQS: filters by type, hidden receipts, receive counts,
/// dead letters. Passes the same contract tests; for tests of what is built on top.
/// </summary>
public sealed class InMemoryBus(TimeProvider clock) : IEventPublisher, IMessageQueueFactory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, InMemoryQueue> _queues = [];
    private readonly List<(string Topic, InMemoryQueue Queue, HashSet<string> Types)> _subscriptions = [];

    /// <summary>Subscribes <paramref name="queue"/> to the types it takes of a topic; its dead-letter queue is <c>{queue}-dlq</c>.</summary>
    public InMemoryBus Subscribe(string topic, string queue, int maxReceiveCount, params string[] types)
    {
        var deadLetters = GetOrAdd(queue + "-dlq", deadLetters: null, maxReceiveCount: int.MaxValue);
        var target = GetOrAdd(queue, deadLetters, maxReceiveCount);
        lock (_lock) _subscriptions.Add((topic, target, [.. types]));
        return this;
    }

    public IMessageQueue Open(string name)
    {
        lock (_lock) return _queues[name];
    }

    public Task<IReadOnlyDictionary<long, string>> PublishAsync(string topic, IReadOnlyList<OutboundMessage> messages, CancellationToken ct)
    {
        lock (_lock)
        {
            foreach (var message in messages)
            {
                foreach (var (_, queue, _) in _subscriptions.Where(subscription => subscription.Topic == topic && subscription.Types.Contains(message.Type)))
                {
                    queue.Enqueue(message);
                }
            }
        }

        return Task.FromResult<IReadOnlyDictionary<long, string>>(new Dictionary<long, string>());
    }

    private InMemoryQueue GetOrAdd(string name, InMemoryQueue? deadLetters, int maxReceiveCount)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(name, out var queue)) _queues[name] = queue = new InMemoryQueue(name, deadLetters, maxReceiveCount, clock);
            return queue;
        }
    }
}
