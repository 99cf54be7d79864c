using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pulse.Messaging.Outbox;
using Pulse.Messaging.Publishing;
using Pulse.TestInfrastructure;

namespace Pulse.Messaging.Tests.Outbox;

public sealed class OutboxRelayTests(OutboxServer server) : IAsyncLifetime
{
    private readonly ScriptedPublisher _publisher = new();
    private readonly OutboxSignal _signal = new();
    private readonly OutboxOptions _options = new() { SweepInterval = TimeSpan.FromMinutes(1) };
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<IOutboxObserver> _observers = [];
    private readonly List<OutboxRelay> _relays = [];
    private readonly List<OutboxTelemetry> _telemetry = [];
    private OutboxDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateAsync(Ct);

    public async ValueTask DisposeAsync()
    {
        // Stopping one that was never started does nothing.
        foreach (var relay in _relays) await relay.StopAsync(CancellationToken.None);
        foreach (var relay in _relays) relay.Dispose();
        foreach (var telemetry in _telemetry) telemetry.Dispose();
        await _metrics.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task RelayOnce_Pending_PublishesInOrderOfIdAndMarks()
    {
        var ids = await _database.AddAsync(25, Ct);

        Assert.Equal(25, await NewRelay().RelayOnceAsync(Ct));

        Assert.Equal(ids, _publisher.Ids.Order());
        Assert.True(await _database.IsDrainedAsync(Ct));
        Assert.Equal(0, await NewRelay().RelayOnceAsync(Ct));
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Relay_KilledBeforeThePublish_LosesNothing()
    {
        var ids = await _database.AddAsync(20, Ct);
        var claimed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _publisher.Before = _ =>
        {
            claimed.TrySetResult();
            return gone.Task;
        };
        var killed = NewRelay().RelayOnceAsync(Ct);
        await claimed.Task.WaitAsync(Ct);

        // As long as it lives its rows are its own.
        var others = new ScriptedPublisher();
        Assert.Equal(0, await NewRelay(others).RelayOnceAsync(Ct));
        await _database.KillConnectionsAsync(Ct);
        await StartAsync(NewRelay(others));
        await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "another relay takes over", Ct);

        gone.SetException(new TimeoutException("The process is gone."));
        await Assert.ThrowsAnyAsync<Exception>(() => killed);
        Assert.Empty(_publisher.Published);
        Assert.Equal(ids, others.Ids.Order());
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Relay_KilledBetweenPublishAndMark_PublishesAgainAndLosesNothing()
    {
        var ids = await _database.AddAsync(20, Ct);
        _publisher.After = () => _database.KillConnectionsAsync(Ct);
        await Assert.ThrowsAnyAsync<Exception>(() => NewRelay().RelayOnceAsync(Ct));
        Assert.Equal(ids, await _database.PendingAsync(Ct));

        _publisher.After = () => Task.CompletedTask;
        await StartAsync(NewRelay());
        await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "another relay takes over", Ct);

        Assert.Equal(ids, _publisher.Ids.Distinct().Order());
    }

    [Fact]
    public async Task RelayOnce_SomeEntriesRefused_ThoseStayPending()
    {
        var ids = await _database.AddAsync(12, Ct);
        _publisher.Refuses = message => message.Id == ids[3] || message.Id == ids[11];

        Assert.Equal(10, await NewRelay().RelayOnceAsync(Ct));
        Assert.Equal([ids[3], ids[11]], await _database.PendingAsync(Ct));

        _publisher.Refuses = _ => false;
        Assert.Equal(2, await NewRelay().RelayOnceAsync(Ct));
        Assert.Equal(ids, _publisher.Ids.Order());
    }

    [Fact]
    public async Task RelayOnce_OneBatchFails_TheOthersAreMarked()
    {
        var ids = await _database.AddAsync(30, Ct);
        _publisher.Before = batch => batch.Any(message => message.Id == ids[15]) ? throw new TimeoutException("No answer.") : Task.CompletedTask;

        await Assert.ThrowsAsync<EventPublishException>(() => NewRelay().RelayOnceAsync(Ct));

        Assert.Equal(ids[10..20], await _database.PendingAsync(Ct));
    }

    [Fact]
    public async Task Relay_BusAway_KeepsTheRowsAndGoesOn()
    {
        _publisher.Before = _ => throw new EventPublishException("The bus is away.", new TimeoutException());
        await StartAsync(NewRelay());
        var ids = await _database.AddAsync(150, Ct);
        _signal.Wake();
        Assert.Equal(ids, await _database.PendingAsync(Ct));

        _publisher.Before = _ => Task.CompletedTask;

        await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "the outbox is drained", Ct);
        Assert.Equal(ids, _publisher.Ids.Order());
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Relay_DatabaseConnectionLost_GoesOnByItself()
    {
        await StartAsync(NewRelay());
        await _database.AddAsync(1, Ct);
        _signal.Wake();
        await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "the outbox is drained", Ct);

        await _database.KillConnectionsAsync(Ct);
        await _database.AddAsync(1, Ct);
        _signal.Wake();

        await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "the outbox is drained", Ct);
    }

    [Fact]
    public async Task Relay_SeveralSideBySide_PublishEachRowAndDrain5000()
    {
        var ids = await _database.AddAsync(5_000, Ct);

        for (var relay = 0; relay < 4; relay++) await StartAsync(NewRelay());

        await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "the outbox is drained", Ct);
        // Nobody died, so nothing was published twice either.
        Assert.Equal(ids, _publisher.Ids.Order());
    }

    [Fact]
    public async Task Relay_Signalled_DoesNotWaitForTheSweep()
    {
        await StartAsync(NewRelay());
        for (var round = 0; round < 5; round++)
        {
            // The sweep is a minute away, so it is the signal that drains within the patience of this wait.
            await _database.AddAsync(1, Ct);
            _signal.Wake();
            await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "the signal is followed", Ct);
        }
    }

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Relay_SignalLost_SweepFindsTheRow()
    {
        _options.SweepInterval = TimeSpan.FromMilliseconds(50);
        await StartAsync(NewRelay());
        for (var round = 0; round < 3; round++)
        {
            await _database.AddAsync(1, Ct);
            await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "the sweep finds the row", Ct);
        }
    }

    [Fact]
    public async Task Relay_PublishedLongAgo_IsDeleted()
    {
        var ids = await _database.AddAsync(3, Ct);
        await _database.MarkPublishedAsync(ids[0], _options.KeepPublished + TimeSpan.FromMinutes(1), Ct);
        await _database.MarkPublishedAsync(ids[1], _options.KeepPublished - TimeSpan.FromMinutes(1), Ct);

        await StartAsync(NewRelay());

        await Until.TrueAsync(async () => !(await _database.AllAsync(Ct)).Contains(ids[0]), "the old row is deleted", Ct);
        Assert.Equal(ids[1..], await _database.AllAsync(Ct));
    }

    [Fact]
    public async Task Relay_ObserverHoldsMoreThanAClaim_OnlyThoseWait()
    {
        var (held, others) = (await _database.AddAsync(_options.ClaimSize + 20, Ct), await _database.AddAsync(30, Ct));
        var observer = new ScriptedObserver { Holds = message => message.Id < others[0] };
        _observers.Add(observer);
        _options.SweepInterval = TimeSpan.FromMilliseconds(50);
        await StartAsync(NewRelay());
        await Until.TrueAsync(async () => (await _database.PendingAsync(Ct)).SequenceEqual(held), "the others have left", Ct);
        observer.Holds = _ => false;
        await Until.TrueAsync(() => _database.IsDrainedAsync(Ct), "all have left", Ct);
    }

    [Fact]
    public async Task Relay_ObserverFails_NothingLeavesUntilItSucceeds()
    {
        var observer = new ScriptedObserver { IsAway = true };
        _observers.Add(observer);
        var ids = await _database.AddAsync(3, Ct);
        _publisher.Before = batch =>
        {
            Assert.Superset(batch.Select(message => message.Id).ToHashSet(), observer.Seen);
            return Task.CompletedTask;
        };

        await Assert.ThrowsAsync<TimeoutException>(() => NewRelay().RelayOnceAsync(Ct));
        Assert.Empty(_publisher.Published);
        observer.IsAway = false;
        await NewRelay().RelayOnceAsync(Ct);

        Assert.Equal(ids, _publisher.Ids.Order());
    }

    [Fact]
    public async Task Relay_Row_IsPublishedInASpanOfItsOwnBelowTheRequest()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Pulse.Messaging",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await _database.AddAsync(2, Ct, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await NewRelay().RelayOnceAsync(Ct);

        var traces = _publisher.Published.Select(message => ActivityContext.Parse(message.TraceParent!, traceState: null)).ToList();
        Assert.All(traces, trace => Assert.Equal("0af7651916cd43dd8448eb211c80319c", trace.TraceId.ToHexString()));
        Assert.Equal(2, traces.Select(trace => trace.SpanId).Distinct().Count());
        Assert.DoesNotContain(traces, trace => trace.SpanId.ToHexString() == "b7ad6b7169203331");
    }

    [Fact]
    public async Task Relay_Row_KeepsItsTraceWhenNobodySamples()
    {
        const string Request = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
        await _database.AddAsync(1, Ct, Request);

        await NewRelay().RelayOnceAsync(Ct);

        Assert.StartsWith(Request[..35], Assert.Single(_publisher.Published).TraceParent, StringComparison.Ordinal);
    }

    private OutboxRelay NewRelay(ScriptedPublisher? publisher = null)
    {
        var telemetry = new OutboxTelemetry(_metrics.GetRequiredService<IMeterFactory>());
        var relay = new OutboxRelay(
            new OutboxStore(_database.Relays), _signal, publisher ?? _publisher, _observers, telemetry, Options.Create(_options), TimeProvider.System, NullLogger<OutboxRelay>.Instance);
        _relays.Add(relay);
        _telemetry.Add(telemetry);
        return relay;
    }

    private static Task StartAsync(OutboxRelay relay) => relay.StartAsync(Ct);
}
