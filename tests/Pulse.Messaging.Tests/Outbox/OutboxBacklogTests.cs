using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pulse.Messaging.Outbox;
using Pulse.TestInfrastructure;

namespace Pulse.Messaging.Tests.Outbox;

public sealed class OutboxBacklogTests(OutboxServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "24")]
    public async Task Relay_Backlog_PublishesEachRowOnceAndHoldsOneClaimAtATime()
    {
        const int Backlog = 100_000;
        await using var database = await server.CreateAsync(Ct);
        await using var metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var (publisher, options) = (new ScriptedPublisher(), new OutboxOptions());
        await database.AddAsync(Backlog, Ct);
        var (published, held, most) = (0, 0, 0);
        publisher.Before = async batch =>
        {
            var now = Interlocked.Add(ref held, batch.Count);
            for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, now, seen);
            await Task.Yield();
            Interlocked.Add(ref held, -batch.Count);
            Interlocked.Add(ref published, batch.Count);
        };

        using var telemetry = new OutboxTelemetry(metrics.GetRequiredService<IMeterFactory>());
        using var relay = new OutboxRelay(
            new OutboxStore(database.Relays), new OutboxSignal(), publisher, [], telemetry, Options.Create(options), TimeProvider.System, NullLogger<OutboxRelay>.Instance);
        await relay.StartAsync(Ct);

        for (var some = Backlog / 10; some <= Backlog; some += Backlog / 10) await Until.TrueAsync(() => Volatile.Read(ref published) >= some, "the next tenth is published", Ct);
        await Until.TrueAsync(() => database.IsDrainedAsync(Ct), "the outbox is drained", Ct);
        await relay.StopAsync(Ct);
        Assert.Equal(Backlog, publisher.Ids.Distinct().Count());
        Assert.Equal(Backlog, publisher.Published.Count);
        Assert.InRange(most, 1, options.ClaimSize);
    }
}
