using System.Diagnostics;
using Pulse.Messaging.Queues;
using Pulse.TestInfrastructure;

namespace Pulse.Messaging.Tests.Contract;

/// <summary>What a pump makes of a queue, be it in memory or SQS.</summary>
public abstract class PumpContract
{
    private static readonly TimeSpan Visibility = Pumps.Options.Visibility;

    private readonly Outages _outages = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract Task<Road> OpenAsync();

    [Fact]
    [Trait("Invariant", "18")]
    public async Task Pump_HandlerFailsForOneOfTen_OnlyThatOneComesAgainAndDies()
    {
        var road = await OpenAsync();
        var published = await road.PublishAsync(10, Ct);
        var poison = Road.Id(published[3]);
        var handler = new ScriptedHandler((message, _) => message.Id == poison ? throw new InvalidOperationException("poison") : Task.CompletedTask);
        using var pump = await Pumps.StartAsync(road.Queue, handler, _outages, Pumps.Options, Ct);

        var dead = Assert.Single(await road.DeadLetters.ReceiveAsync(10, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), Ct));
        await pump.StopAsync(Ct);

        Assert.Equal(published[3].Body, dead.Body);
        Assert.Equal(Road.MaxReceiveCount, handler.CallsOf(poison));
        Assert.All(published.Select(Road.Id).Where(id => id != poison), id => Assert.Equal(1, handler.CallsOf(id)));
        await AssertEmptyAsync(road.Queue);
    }

    [Fact]
    public async Task Pump_BodyIsNoEvent_DiesWithoutReachingTheHandler()
    {
        var road = await OpenAsync();
        var handler = new ScriptedHandler((_, _) => Task.CompletedTask);
        using var pump = await Pumps.StartAsync(road.Queue, handler, _outages, Pumps.Options, Ct);

        await road.Publisher.PublishAsync(road.Topic, [Road.Message() with { Body = "not an event" }], Ct);

        Assert.Equal("not an event", Assert.Single(await road.DeadLetters.ReceiveAsync(10, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), Ct)).Body);
        await pump.StopAsync(Ct);
        Assert.Empty(handler.Calls);
    }

    [Fact]
    [Trait("Invariant", "25")]
    public async Task Pump_HandlerSlowerThanTheVisibility_IsDeliveredOnce()
    {
        var road = await OpenAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler((_, ct) => release.Task.WaitAsync(ct));
        using var pump = await Pumps.StartAsync(road.Queue, handler, _outages, Pumps.Options, Ct);
        await road.PublishAsync(Ct);
        await Until.TrueAsync(() => handler.Calls.Count == 1, "the handler has the message", Ct);

        // A rival would get it as soon as one heartbeat is missing.
        Assert.Empty(await road.Queue.ReceiveAsync(10, 3 * Visibility, Visibility, Ct));
        release.SetResult();
        await Until.TrueAsync(() => pump.InFlight == 0, "the message is handled", Ct);
        await pump.StopAsync(Ct);

        Assert.Single(handler.Calls);
        await AssertEmptyAsync(road.Queue);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Pump_Outage_HoldsTheMessageAndGoesOnAfterIt()
    {
        var road = await OpenAsync();
        var queue = new WatchedQueue(road.Queue);
        var handler = new ScriptedHandler((_, _) =>
        {
            _outages.ThrowWhileAway();
            return Task.CompletedTask;
        });
        using var pump = await Pumps.StartAsync(queue, handler, _outages, Pumps.Options, Ct);
        await Until.TrueAsync(() => queue.Receives > 0, "the pump has started", Ct);
        _outages.IsAway = true;
        var held = await road.PublishAsync(Ct);
        await Until.TrueAsync(() => _outages.Probes > 1, "the pump pauses", Ct);

        // Held longer than its visibility: no rival gets it, and its receive count stays.
        Assert.Empty(await road.Queue.ReceiveAsync(10, 3 * Visibility, Visibility, Ct));
        Assert.Equal(1, pump.InFlight);
        var receives = queue.Receives;
        var probes = _outages.Probes;
        await Until.TrueAsync(() => _outages.Probes > probes + 5, "the pump probes on", Ct);
        Assert.Equal(receives, queue.Receives);

        var during = await road.PublishAsync(Ct);
        _outages.IsAway = false;
        await Until.TrueAsync(() => queue.Deleted.Count == 2, "both messages are handled", Ct);
        await pump.StopAsync(Ct);

        Assert.Equal([held.Body, during.Body], queue.Received.Select(delivery => delivery.Body));
        Assert.All(queue.Received, delivery => Assert.Equal(1, delivery.ReceiveCount));
        Assert.Equal(1, handler.CallsOf(Road.Id(during)));
        await AssertEmptyAsync(road.Queue);
        Assert.Empty(await road.DeadLetters.ReceiveAsync(10, TimeSpan.Zero, Visibility, Ct));
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Pump_StartedDuringAnOutage_ReceivesNothingUntilItIsOver()
    {
        var road = await OpenAsync();
        var queue = new WatchedQueue(road.Queue);
        var handler = new ScriptedHandler((_, _) => Task.CompletedTask);
        _outages.IsAway = true;
        var message = await road.PublishAsync(Ct);
        using var pump = await Pumps.StartAsync(queue, handler, _outages, Pumps.Options, Ct);
        await Until.TrueAsync(() => _outages.Probes > 5, "the pump probes", Ct);
        Assert.Equal(0, queue.Receives);

        _outages.IsAway = false;
        await Until.TrueAsync(() => queue.Deleted.Count == 1, "the message is handled", Ct);
        await pump.StopAsync(Ct);

        Assert.Equal((message.Body, 1), (queue.Received[0].Body, queue.Received[0].ReceiveCount));
    }

    [Fact]
    [Trait("Invariant", "25")]
    public async Task Pump_OneHandlerIsStuck_OthersGoOn()
    {
        var road = await OpenAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var giant = await road.PublishAsync(Ct);
        var queue = new WatchedQueue(road.Queue);
        var handler = new ScriptedHandler((message, ct) => message.Id == Road.Id(giant) ? release.Task.WaitAsync(ct) : Task.CompletedTask);
        using var pump = await Pumps.StartAsync(queue, handler, _outages, Pumps.Options, Ct);
        await Until.TrueAsync(() => handler.Calls.Count == 1, "the giant is at work", Ct);

        await road.PublishAsync(40, Ct);
        await Until.TrueAsync(() => queue.Deleted.Count == 40, "the others are done", Ct);
        Assert.Equal(1, pump.InFlight);
        release.SetResult();
        await Until.TrueAsync(() => queue.Deleted.Count == 41, "the giant is done", Ct);
        await pump.StopAsync(Ct);
    }

    [Fact]
    public async Task Pump_Stopped_FinishesWhatItHas()
    {
        var road = await OpenAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler((_, ct) => release.Task.WaitAsync(ct));
        using var pump = await Pumps.StartAsync(road.Queue, handler, _outages, Pumps.Options, Ct);
        await road.PublishAsync(5, Ct);
        await Until.TrueAsync(() => handler.Calls.Count == 5, "the handlers have their messages", Ct);

        var stopping = pump.StopAsync(Ct);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal(0, pump.InFlight);
        await AssertEmptyAsync(road.Queue);
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Pump_StoppedWithAHandlerThatWillNotEnd_GivesTheMessageBack()
    {
        var road = await OpenAsync();
        var options = Pumps.Options;
        options.DrainTimeout = TimeSpan.FromMilliseconds(50);
        options.Visibility = TimeSpan.FromMinutes(5);
        var handler = new ScriptedHandler((_, ct) => Task.Delay(Timeout.Infinite, ct));
        using var pump = await Pumps.StartAsync(road.Queue, handler, _outages, options, Ct);
        var message = await road.PublishAsync(Ct);
        await Until.TrueAsync(() => handler.Calls.Count == 1, "the handler has the message", Ct);

        await pump.StopAsync(Ct);

        await AssertGivenBackAsync(road.Queue, message.Body);
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Pump_StoppedDuringAnOutage_GivesBackAtOnce()
    {
        var road = await OpenAsync();
        var options = Pumps.Options;
        options.DrainTimeout = TimeSpan.FromMinutes(5);
        options.Visibility = TimeSpan.FromMinutes(5);
        var handler = new ScriptedHandler((_, _) =>
        {
            _outages.ThrowWhileAway();
            return Task.CompletedTask;
        });
        var queue = new WatchedQueue(road.Queue);
        using var pump = await Pumps.StartAsync(queue, handler, _outages, options, Ct);
        await Until.TrueAsync(() => queue.Receives > 0, "the pump has started", Ct);
        _outages.IsAway = true;
        var message = await road.PublishAsync(Ct);
        await Until.TrueAsync(() => _outages.Probes > 1, "the pump pauses", Ct);

        await pump.StopAsync(Ct);
        _outages.IsAway = false;

        await AssertGivenBackAsync(road.Queue, message.Body);
    }

    [Fact]
    public async Task Pump_MessageWithATrace_HandlesItInThatTrace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Pulse.Messaging",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var road = await OpenAsync();
        var seen = new TaskCompletionSource<Activity?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler((_, _) =>
        {
            seen.SetResult(Activity.Current);
            return Task.CompletedTask;
        });
        using var pump = await Pumps.StartAsync(road.Queue, handler, _outages, Pumps.Options, Ct);

        await road.Publisher.PublishAsync(road.Topic, [Road.Message("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")], Ct);

        var span = await seen.Task.WaitAsync(Ct);
        await pump.StopAsync(Ct);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", span?.TraceId.ToHexString());
        Assert.Equal("b7ad6b7169203331", span?.ParentSpanId.ToHexString());
        Assert.Equal(ActivityKind.Consumer, span?.Kind);
    }

    // Well before its visibility of minutes ends. The pump's last poll may die late and take it for a moment.
    private static async Task AssertGivenBackAsync(IMessageQueue queue, string body)
    {
        IReadOnlyList<Delivery> received = [];
        await Until.TrueAsync(async () => (received = await queue.ReceiveAsync(10, Visibility, Visibility, Ct)).Count > 0, "the message is given back", Ct);
        Assert.Equal(body, Assert.Single(received).Body);
    }

    // What is not deleted shows within its visibility.
    private static async Task AssertEmptyAsync(IMessageQueue queue) => Assert.Empty(await queue.ReceiveAsync(10, 2 * Visibility, Visibility, Ct));
}
