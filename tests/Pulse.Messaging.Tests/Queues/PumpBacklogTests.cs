using System.Collections.Concurrent;
using System.Globalization;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Queues;
using Pulse.Messaging.Tests.Contract;
using Pulse.TestInfrastructure;

namespace Pulse.Messaging.Tests.Queues;

public sealed class PumpBacklogTests
{
    private const int Backlog = 100_000;

    // In its handlers, handled and waiting for a delete, and in the delete on its way.
    private static readonly int Bound = Pumps.Options.MaxConcurrency + Acknowledger.Capacity + IMessageQueue.MaxBatch;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "24")]
    public async Task Pump_DeletesSlowerThanHandlers_HoldsABoundedNumberAndHandlesEachOnce()
    {
        var queue = new BacklogQueue(Backlog);
        ConcurrentDictionary<string, int> handled = [];
        var handler = new CountingHandler(handled);
        using var pump = await Pumps.StartAsync(queue, handler, new Outages(), Pumps.Options, Ct);

        // The first delete hangs: everything behind it fills up, down to the handlers, and then nothing more is received.
        await Until.TrueAsync(() => pump.InFlight == Pumps.Options.MaxConcurrency && handled.Count > Acknowledger.Capacity, "the pump is full", Ct);
        Assert.InRange(queue.Received, Acknowledger.Capacity, Bound);
        queue.LetDelete();

        for (var some = Backlog / 10; some <= Backlog; some += Backlog / 10) await Until.TrueAsync(() => queue.Deleted >= some, "the next tenth is handled", Ct);
        await pump.StopAsync(Ct);
        Assert.Equal(Backlog, handled.Count);
        Assert.All(handled.Values, times => Assert.Equal(1, times));
        Assert.InRange(queue.MostHeld, 1, Bound);
        Assert.Equal(0, pump.InFlight);
    }

    private sealed class CountingHandler(ConcurrentDictionary<string, int> handled) : IMessageHandler
    {
        public Task HandleAsync(EventEnvelope message, CancellationToken ct)
        {
            handled.AddOrUpdate(message.Id, 1, (_, times) => times + 1);
            return Task.CompletedTask;
        }
    }

    /// <summary>A queue with so many messages, whose first delete hangs until it is let go.</summary>
    private sealed class BacklogQueue(int count) : IMessageQueue
    {
        private readonly TaskCompletionSource _deleting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private readonly HashSet<string> _held = [];

        public string Name => "backlog";

        public int Received { get; private set; }

        public int Deleted { get; private set; }

        public int MostHeld { get; private set; }

        public void LetDelete() => _deleting.SetResult();

        public async Task<IReadOnlyList<Delivery>> ReceiveAsync(int max, TimeSpan wait, TimeSpan visibility, CancellationToken ct)
        {
            if (Received == count)
            {
                await Task.Delay(wait, TimeProvider.System, ct);
                return [];
            }

            await Task.Yield();
            lock (_lock)
            {
                List<Delivery> deliveries = [];
                for (; deliveries.Count < max && Received < count; Received++) deliveries.Add(Numbered(Received + 1));
                _held.UnionWith(deliveries.Select(delivery => delivery.Receipt));
                MostHeld = Math.Max(MostHeld, _held.Count);
                return deliveries;
            }
        }

        public async Task<IReadOnlyList<Delivery>> DeleteAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct)
        {
            Assert.InRange(deliveries.Count, 1, IMessageQueue.MaxBatch);
            await _deleting.Task.WaitAsync(ct);
            lock (_lock)
            {
                // Each receipt once.
                Assert.All(deliveries, delivery => Assert.True(_held.Remove(delivery.Receipt)));
                Deleted += deliveries.Count;
            }

            return [];
        }

        public Task<IReadOnlyList<Delivery>> ChangeVisibilityAsync(IReadOnlyList<Delivery> deliveries, TimeSpan visibility, CancellationToken ct) =>
            Task.FromResult<IReadOnlyList<Delivery>>([]);

        public Task<IReadOnlyList<Delivery>> SendAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct) => throw new NotSupportedException();

        public Task<long> CountAsync(CancellationToken ct) => Task.FromResult<long>(count - Deleted);

        private static Delivery Numbered(long number)
        {
            var id = number.ToString(CultureInfo.InvariantCulture);
            var body = EventEnvelope.Write(number, new PostDeleted(new PostId(number), new UserId(7)), DateTimeOffset.UnixEpoch);
            return new Delivery(id, id, body, ReceiveCount: 1, TraceParent: null);
        }
    }
}
