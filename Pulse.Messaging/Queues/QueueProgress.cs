using System.Collections.Concurrent;

namespace Pulse.Messaging.Queues;

/// <summary>
/// How far a pump has come with its queue. SQS tells the age of its oldest message only to CloudWatch, minutes late; so a pump goes by what it
/// sees: what it has in its hands, the oldest of what it received lately, and the moments in which a long poll found nothing at all.
/// </summary>
public sealed class QueueProgress(string queue, TimeProvider clock)
{
    // A fair queue lets others overtake a busy group, but serves each group within this.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Delivery, DateTimeOffset?> _inFlight = [];
    private readonly Lock _lock = new();

    // Before its first empty poll a pump cannot know what waited for it.
    private DateTimeOffset? _emptyAt;
    private DateTimeOffset _windowStart = DateTimeOffset.MinValue;
    private DateTimeOffset _oldestOfWindow = DateTimeOffset.MaxValue;
    private DateTimeOffset _oldestBefore = DateTimeOffset.MaxValue;

    public string Queue { get; } = queue;

    /// <summary>
    /// Every event that occurred before this and has reached the queue is handled, as far as a consumer of a queue without an order can know.
    /// Never more than the length of a poll and two seconds old while the queue is empty or keeps being drained. Null as long as nothing
    /// is known: the pump has just started, and what it finds may be older than itself.
    /// </summary>
    public DateTimeOffset? Watermark
    {
        get
        {
            lock (_lock)
            {
                // Whoever receives an event that is older than his last empty poll meets others that are as late.
                var oldest = Earlier(_oldestOfWindow, _oldestBefore);
                var received = oldest == DateTimeOffset.MaxValue ? _emptyAt : oldest;
                foreach (var inFlight in _inFlight.Values)
                {
                    if (inFlight is null || received is null) return null;
                    received = Earlier(received.Value, inFlight.Value);
                }

                return received;
            }
        }
    }

    /// <summary>A long poll ended without a message.</summary>
    internal void Empty()
    {
        lock (_lock)
        {
            _emptyAt = clock.GetUtcNow();
            _oldestOfWindow = _oldestBefore = DateTimeOffset.MaxValue;
        }
    }

    /// <summary>A message was received; until its time is known it counts as one that was sent after the last empty poll.</summary>
    internal void Begin(Delivery delivery)
    {
        lock (_lock) _inFlight[delivery] = _emptyAt;
    }

    /// <summary>The message tells of something at <paramref name="occurredAt"/>.</summary>
    internal void Tells(Delivery delivery, DateTimeOffset occurredAt)
    {
        _inFlight[delivery] = occurredAt;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (now - _windowStart >= Window) (_windowStart, _oldestBefore, _oldestOfWindow) = (now, _oldestOfWindow, DateTimeOffset.MaxValue);
            if (occurredAt < _oldestOfWindow) _oldestOfWindow = occurredAt;
        }
    }

    /// <summary>The message was handled or given back.</summary>
    internal void End(Delivery delivery) => _inFlight.TryRemove(delivery, out _);

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
