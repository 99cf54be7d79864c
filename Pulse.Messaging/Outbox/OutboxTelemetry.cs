using System.Diagnostics;
using System.Diagnostics.Metrics;
using Pulse.Messaging.Publishing;

namespace Pulse.Messaging.Outbox;

/// <summary>Meter <c>Pulse.Outbox</c>: <c>.pending</c> rows, <c>.age</c> of the oldest in seconds; and the publish spans.</summary>
internal sealed class OutboxTelemetry : IDisposable
{
    private readonly Meter _meter;
    private long _pending;
    private double _ageSeconds;

    public OutboxTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create("Pulse.Outbox");
        _meter.CreateObservableGauge("pulse.outbox.pending", () => Volatile.Read(ref _pending), "{event}", "Committed events not yet published.");
        _meter.CreateObservableGauge("pulse.outbox.age", () => Volatile.Read(ref _ageSeconds), "s", "Age of the oldest event not yet published.");
    }

    public void Backlog(long pending, TimeSpan age)
    {
        Volatile.Write(ref _pending, pending);
        Volatile.Write(ref _ageSeconds, age.TotalSeconds);
    }

    /// <summary>Every entry has a span of its own, child of the request that wrote its row.</summary>
    public Activity? StartPublish(OutboxMessage message)
    {
        var span = MessagingTelemetry.Source.StartActivity($"{message.Type} publish", ActivityKind.Producer, MessagingTelemetry.Parent(message.TraceParent));
        span?.SetTag("messaging.system", "aws_sns");
        span?.SetTag("messaging.operation.type", "publish");
        span?.SetTag("messaging.destination.name", message.Topic);
        span?.SetTag("messaging.message.id", message.Id);
        return span;
    }

    public void Dispose() => _meter.Dispose();
}
