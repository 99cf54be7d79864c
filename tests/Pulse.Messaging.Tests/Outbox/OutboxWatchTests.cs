using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Pulse.Messaging.Outbox;

namespace Pulse.Messaging.Tests.Outbox;

public sealed class OutboxWatchTests(OutboxServer server) : IAsyncLifetime
{
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly NotedWatermark _watermark = new();

    private OutboxDatabase _database = null!;
    private OutboxTelemetry _telemetry = null!;
    private OutboxWatch _watch = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateAsync(Ct);
        _telemetry = new OutboxTelemetry(_metrics.GetRequiredService<IMeterFactory>());
        _watch = new OutboxWatch(new OutboxStore(_database.Relays), _telemetry, [_watermark], TimeProvider.System, NullLogger<OutboxWatch>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _telemetry.Dispose();
        await _metrics.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    [Trait("Invariant", "21")]
    public async Task Look_EventsPend_WatermarkIsTheTimeOfTheOldest()
    {
        var ids = await _database.AddAsync(3, Ct);
        await _database.AgeAsync(ids[1], TimeSpan.FromMinutes(5), Ct);
        var now = TimeProvider.System.GetUtcNow();

        await _watch.LookAsync(Ct);

        Assert.InRange(_watermark.PublishedBefore, now.AddMinutes(-6), now.AddMinutes(-4));
    }

    [Fact]
    [Trait("Invariant", "21")]
    public async Task Look_NothingPends_WatermarkIsNow()
    {
        foreach (var id in await _database.AddAsync(3, Ct)) await _database.MarkPublishedAsync(id, TimeSpan.FromMinutes(5), Ct);
        var now = TimeProvider.System.GetUtcNow();

        await _watch.LookAsync(Ct);

        Assert.InRange(_watermark.PublishedBefore, now, TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task Look_EventsPend_AreMeasured()
    {
        await _database.AddAsync(7, Ct);
        var pending = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "pulse.outbox.pending") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => pending = Math.Max(pending, value));
        listener.Start();

        await _watch.LookAsync(Ct);
        listener.RecordObservableInstruments();

        Assert.Equal(7, pending);
    }

    private sealed class NotedWatermark : IOutboxWatermark
    {
        public DateTimeOffset PublishedBefore { get; private set; }

        public void Note(DateTimeOffset publishedBefore) => PublishedBefore = publishedBefore;
    }
}
