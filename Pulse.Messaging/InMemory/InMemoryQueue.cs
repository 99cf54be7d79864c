using System.Globalization;
using Pulse.Messaging.Publishing;
using Pulse.Messaging.Queues;

namespace Pulse.Messaging.InMemory;

/// <summary>A queue in memory with visibility, receive counts and redrive.</summary>
internal sealed class InMemoryQueue(string name, InMemoryQueue? deadLetters, int maxReceiveCount, TimeProvider clock) : IMessageQueue
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _entries = [];
    private TaskCompletionSource _changed = NewSignal();
    private long _receipts;

    public string Name => name;

    public void Enqueue(OutboundMessage message) => Enqueue(
        new Delivery(message.Id.ToString(CultureInfo.InvariantCulture), Receipt: "", message.Body, ReceiveCount: 0, message.TraceParent)
        {
            Type = message.Type,
            GroupKey = message.GroupKey,
        });

    public async Task<IReadOnlyList<Delivery>> ReceiveAsync(int max, TimeSpan wait, TimeSpan visibility, CancellationToken ct)
    {
        var until = clock.GetUtcNow() + wait;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var (taken, signal, nextVisible) = Take(max, visibility);
            var now = clock.GetUtcNow();
            if (taken.Count > 0 || now >= until) return taken;

            var pause = (nextVisible is { } visible && visible < until ? visible : until) - now;
            using var delay = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(signal, Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.FromMilliseconds(1), clock, delay.Token));
            await delay.CancelAsync();
        }
    }

    public Task<IReadOnlyList<Delivery>> DeleteAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct) =>
        Task.FromResult(Apply(deliveries, entry => _entries.Remove(entry)));

    public Task<IReadOnlyList<Delivery>> ChangeVisibilityAsync(IReadOnlyList<Delivery> deliveries, TimeSpan visibility, CancellationToken ct)
    {
        var failed = Apply(deliveries, entry => entry.Value.VisibleAt = clock.GetUtcNow() + visibility);
        Signal();
        return Task.FromResult(failed);
    }

    public Task<IReadOnlyList<Delivery>> SendAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct)
    {
        foreach (var delivery in deliveries) Enqueue(delivery);
        return Task.FromResult<IReadOnlyList<Delivery>>([]);
    }

    public Task<long> CountAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            MoveDeadLetters(clock.GetUtcNow());
            return Task.FromResult<long>(_entries.Count);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (List<Delivery> Taken, Task Signal, DateTimeOffset? NextVisible) Take(int max, TimeSpan visibility)
    {
        lock (_lock)
        {
            List<Delivery> taken = [];
            DateTimeOffset? next = null;
            var now = clock.GetUtcNow();
            MoveDeadLetters(now);
            for (var node = _entries.First; node is not null && taken.Count < max; node = node.Next)
            {
                var entry = node.Value;
                if (entry.VisibleAt > now)
                {
                    next = next is null || entry.VisibleAt < next ? entry.VisibleAt : next;
                    continue;
                }

                entry.VisibleAt = now + visibility;
                entry.Message = entry.Message with
                {
                    Receipt = (++_receipts).ToString(CultureInfo.InvariantCulture),
                    ReceiveCount = entry.Message.ReceiveCount + 1,
                };
                taken.Add(entry.Message);
            }

            return (taken, _changed.Task, next);
        }
    }

    private void MoveDeadLetters(DateTimeOffset now)
    {
        for (var node = _entries.First; node is not null;)
        {
            var (entry, next) = (node.Value, node.Next);
            if (entry.VisibleAt <= now && entry.Message.ReceiveCount >= maxReceiveCount)
            {
                deadLetters!.Enqueue(entry.Message);
                _entries.Remove(node);
            }

            node = next;
        }
    }

    private void Enqueue(Delivery message)
    {
        lock (_lock) _entries.AddLast(new Entry { Message = message with { Receipt = "", ReceiveCount = 0 } });
        Signal();
    }

    private IReadOnlyList<Delivery> Apply(IReadOnlyList<Delivery> deliveries, Action<LinkedListNode<Entry>> change)
    {
        lock (_lock)
        {
            List<Delivery> failed = [];
            foreach (var delivery in deliveries)
            {
                var node = _entries.First;
                while (node is not null && node.Value.Message.Receipt != delivery.Receipt) node = node.Next;
                if (node is null) failed.Add(delivery);
                else change(node);
            }

            return failed;
        }
    }

    private void Signal()
    {
        TaskCompletionSource signal;
        lock (_lock) (signal, _changed) = (_changed, NewSignal());
        signal.SetResult();
    }

    private sealed class Entry
    {
        public required Delivery Message { get; set; }

        public DateTimeOffset VisibleAt { get; set; }
    }
}
