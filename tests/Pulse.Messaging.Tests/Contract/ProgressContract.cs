using Pulse.Contracts.Events;
using Pulse.Messaging.Queues;
using Pulse.TestInfrastructure;

namespace Pulse.Messaging.Tests.Contract;

/// <summary>What a pump says of how far it has come with its queue, be that in memory or SQS.</summary>
[Trait("Invariant", "21")]
public abstract class ProgressContract
{
    private readonly Outages _outages = new();
    private QueueProgress _progress = new("queue", TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<Road> OpenAsync();

    [Fact]
    public async Task Watermark_NothingToDo_MovesOn()
    {
        var road = await OpenAsync();
        using var pump = await StartAsync(road.Queue, (_, _) => Task.CompletedTask);

        for (var polls = 0; polls < 3; polls++)
        {
            var before = TimeProvider.System.GetUtcNow();
            await Until.TrueAsync(() => _progress.Watermark > before, "an empty poll has ended", Ct);
        }

        await pump.StopAsync(Ct);
    }

    [Fact]
    public async Task Watermark_AMessageIsStuckAndOthersPass_StaysAtTheStuckOne()
    {
        var road = await OpenAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stuck = await road.PublishAsync(Ct);
        var occurredAt = EventEnvelope.Read(stuck.Body).OccurredAt;
        var queue = new WatchedQueue(road.Queue);
        using var pump = await StartAsync(queue, (message, ct) => message.Id == Road.Id(stuck) ? release.Task.WaitAsync(ct) : Task.CompletedTask);

        await road.PublishAsync(20, Ct);
        await Until.TrueAsync(() => queue.Deleted.Count == 20, "the others are done", Ct);
        var receives = queue.Receives;
        await Until.TrueAsync(() => queue.Receives > receives + 1, "a poll found nothing more", Ct);

        Assert.Equal(occurredAt, _progress.Watermark);
        release.SetResult();
        await Until.TrueAsync(() => _progress.Watermark > occurredAt, "it moves on", Ct);
        await pump.StopAsync(Ct);
    }

    [Fact]
    public async Task Watermark_AnOutageHoldsAMessage_StaysAtIt()
    {
        var road = await OpenAsync();
        using var pump = await StartAsync(
            road.Queue,
            (_, _) =>
            {
                _outages.ThrowWhileAway();
                return Task.CompletedTask;
            });
        await Until.TrueAsync(() => _progress.Watermark is not null, "the pump has started", Ct);
        _outages.IsAway = true;
        var held = EventEnvelope.Read((await road.PublishAsync(Ct)).Body).OccurredAt;
        var probes = _outages.Probes;
        await Until.TrueAsync(() => _outages.Probes > probes + 3, "the pump pauses", Ct);
        await road.PublishAsync(5, Ct);

        // What a receive of that moment brings counts by the poll before, until its time is read.
        await Until.TrueAsync(() => _progress.Watermark == held, "it stays at what is held", Ct);
        _outages.IsAway = false;
        await Until.TrueAsync(() => _progress.Watermark > held, "it moves on", Ct);
        await pump.StopAsync(Ct);
    }

    [Fact]
    public async Task Watermark_ABacklogOfOldEvents_IsAsOldAsWhatIsReceived()
    {
        var road = await OpenAsync();
        var published = await road.PublishAsync(40, Ct);
        var last = EventEnvelope.Read(published[^1].Body).OccurredAt;
        // Younger than what waits for it, as a worker that comes back is.
        _progress = new QueueProgress("queue", TimeProvider.System);
        Assert.Null(_progress.Watermark);
        var started = TimeProvider.System.GetUtcNow();
        var release = new SemaphoreSlim(0);
        var options = Pumps.Options;
        options.MaxConcurrency = 1;
        var queue = new WatchedQueue(road.Queue);
        using var pump = await StartAsync(queue, (_, ct) => release.WaitAsync(ct), options);

        for (var done = 0; done < 20; done++)
        {
            await Until.TrueAsync(() => queue.Received.Count == done + 1, "the next one is received", Ct);
            Assert.False(_progress.Watermark > last, $"{_progress.Watermark:O} is younger than the last event, of {last:O}.");
            release.Release();
        }

        release.Release(20);
        await Until.TrueAsync(() => _progress.Watermark > started, "it has caught up", Ct);
        await pump.StopAsync(Ct);
        release.Dispose();
    }

    private Task<QueuePump> StartAsync(IMessageQueue queue, Func<EventEnvelope, CancellationToken, Task> script, QueuePumpOptions? options = null) =>
        Pumps.StartAsync(queue, new ScriptedHandler(script), _outages, options ?? Pumps.Options, Ct, _progress);
}
