using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Pulse.Contracts.Events;
using Pulse.Messaging.Queues;

namespace Pulse.Messaging.Tests.Contract;

/// <summary>Notes each call and does what the test says.</summary>
internal sealed class ScriptedHandler(Func<EventEnvelope, CancellationToken, Task> script) : IMessageHandler
{
    private readonly ConcurrentQueue<string> _calls = [];

    /// <summary>The event ids of all calls, begun in this order.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    public int CallsOf(string id) => _calls.Count(call => call == id);

    public async Task HandleAsync(EventEnvelope message, CancellationToken ct)
    {
        _calls.Enqueue(message.Id);
        await script(message, ct);
    }
}

/// <summary>Says what was received through it.</summary>
internal sealed class WatchedQueue(IMessageQueue queue) : IMessageQueue
{
    private readonly ConcurrentQueue<Delivery> _received = [];
    private readonly ConcurrentQueue<Delivery> _deleted = [];

    public IReadOnlyList<Delivery> Received => [.. _received];

    public IReadOnlyList<Delivery> Deleted => [.. _deleted];

    /// <summary>How often a receive was begun.</summary>
    public int Receives { get; private set; }

    public string Name => queue.Name;

    public async Task<IReadOnlyList<Delivery>> ReceiveAsync(int max, TimeSpan wait, TimeSpan visibility, CancellationToken ct)
    {
        Receives++;
        var deliveries = await queue.ReceiveAsync(max, wait, visibility, ct);
        foreach (var delivery in deliveries) _received.Enqueue(delivery);
        return deliveries;
    }

    public async Task<IReadOnlyList<Delivery>> DeleteAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct)
    {
        var failed = await queue.DeleteAsync(deliveries, ct);
        foreach (var delivery in deliveries.Except(failed)) _deleted.Enqueue(delivery);
        return failed;
    }

    public Task<IReadOnlyList<Delivery>> ChangeVisibilityAsync(IReadOnlyList<Delivery> deliveries, TimeSpan visibility, CancellationToken ct) =>
        queue.ChangeVisibilityAsync(deliveries, visibility, ct);

    public Task<IReadOnlyList<Delivery>> SendAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct) => queue.SendAsync(deliveries, ct);

    public Task<long> CountAsync(CancellationToken ct) => queue.CountAsync(ct);
}

/// <summary>Something the handler needs is away until the test says otherwise.</summary>
internal sealed class Outages : IOutageDetector
{
    private int _probes;

    public bool IsAway { get; set; }

    /// <summary>How often a paused pump looked.</summary>
    public int Probes => Volatile.Read(ref _probes);

    public bool IsOutage(Exception exception) => exception is OutageException;

    public Task<bool> IsHealthyAsync(CancellationToken ct)
    {
        Interlocked.Increment(ref _probes);
        return Task.FromResult(!IsAway);
    }

    public void ThrowWhileAway()
    {
        if (IsAway) throw new OutageException();
    }
}

internal sealed class OutageException() : Exception("It is away.");

internal static class Pumps
{
    public static QueuePumpOptions Options => new()
    {
        MaxConcurrency = 16,
        Visibility = TimeSpan.FromSeconds(1),
        Wait = TimeSpan.FromSeconds(1),
        RetryDelay = TimeSpan.Zero,
        OutageProbe = TimeSpan.FromMilliseconds(20),
        DrainTimeout = TimeSpan.FromSeconds(10),
    };

    public static async Task<QueuePump> StartAsync(
        IMessageQueue queue, IMessageHandler handler, Outages outages, QueuePumpOptions options, CancellationToken ct, QueueProgress? progress = null)
    {
        progress ??= new QueueProgress(queue.Name, TimeProvider.System);
        var pump = new QueuePump(queue, handler, outages, progress, options, TimeProvider.System, NullLogger<QueuePump>.Instance);
        await pump.StartAsync(ct);
        return pump;
    }
}
