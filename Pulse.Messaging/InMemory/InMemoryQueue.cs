using System.Globalization;
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

    public void Enqueue(string messageId, string body, string? traceParent)
    {
        lock (_lock) _entries.AddLast(new Entry { MessageId = messageId, Body = body, TraceParent = traceParent });
        Signal();
    }

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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (List<Delivery> Taken, Task Signal, DateTimeOffset? NextVisible) Take(int max, TimeSpan visibility)
    {
        lock (_lock)
        {
            List<Delivery> taken = [];
            DateTimeOffset? next = null;
            var now = clock.GetUtcNow();
            for (var node = _entries.First; node is not null && taken.Count < max; node = node.Next)
            {
                var entry = node.Value;
                if (entry.VisibleAt > now)
                {
                    next = next is null || entry.VisibleAt < next ? entry.VisibleAt : next;
                    continue;
                }

                if (entry.ReceiveCount >= maxReceiveCount)
                {
                    deadLetters!.Enqueue(entry.MessageId, entry.Body, entry.TraceParent);
                    entry.Gone = true;
                    continue;
                }

                entry.ReceiveCount++;
                entry.VisibleAt = now + visibility;
                entry.Receipt = (++_receipts).ToString(CultureInfo.InvariantCulture);
                taken.Add(new Delivery(entry.MessageId, entry.Receipt, entry.Body, entry.ReceiveCount, entry.TraceParent));
            }

            foreach (var gone in _entries.Where(entry => entry.Gone).ToList()) _entries.Remove(gone);
            return (taken, _changed.Task, next);
        }
    }

    private IReadOnlyList<Delivery> Apply(IReadOnlyList<Delivery> deliveries, Action<LinkedListNode<Entry>> change)
    {
        lock (_lock)
        {
            List<Delivery> failed = [];
            foreach (var delivery in deliveries)
            {
                var node = _entries.First;
                while (node is not null && node.Value.Receipt != delivery.Receipt) node = node.Next;
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
        public required string MessageId { get; init; }

        public required string Body { get; init; }

        public string? TraceParent { get; init; }

        public string? Receipt { get; set; }

        public DateTimeOffset VisibleAt { get; set; }

        public int ReceiveCount { get; set; }

        public bool Gone { get; set; }
    }
}
