using System.Diagnostics;
using System.Diagnostics.Metrics;
using Pulse.Timelines;

namespace Pulse.FanoutWorker;

/// <summary>
/// Meter <c>Pulse.Fanout</c>: <c>.lag</c> seconds from the commit of a post to the moment its last reader can see it,
/// <c>.deliveries</c> list entries written, <c>.plan.pull</c> posts left to readers, <c>.delivery.duration</c> seconds per pushed post,
/// <c>.notifications</c> users who were told something, <c>.dead_letters</c> messages that the queues have given up.
/// </summary>
internal sealed class FanoutTelemetry : IDisposable
{
    public static readonly ActivitySource Source = new("Pulse.Fanout");

    private readonly Meter _meter;
    private readonly Histogram<double> _lag;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _pulled;
    private readonly Counter<long> _notifications;
    private readonly Gauge<long> _deadLetters;

    public FanoutTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create("Pulse.Fanout");
        _lag = _meter.CreateHistogram<double>("pulse.fanout.lag", "s", "From the commit of a post to its visibility for the last reader.");
        _duration = _meter.CreateHistogram<double>("pulse.fanout.delivery.duration", "s", "Time to push one post to its followers.");
        _deliveries = _meter.CreateCounter<long>("pulse.fanout.deliveries", "{delivery}", "Entries written into home timelines.");
        _pulled = _meter.CreateCounter<long>("pulse.fanout.plan.pull", "{post}", "Posts left to readers.");
        _notifications = _meter.CreateCounter<long>("pulse.fanout.notifications", "{notification}", "Users who were told something.");
        _deadLetters = _meter.CreateGauge<long>("pulse.fanout.dead_letters", "{message}", "Messages in the dead-letter queue of each queue.");
    }

    public void Visible(FanoutMode mode, TimeSpan lag) =>
        _lag.Record(lag.TotalSeconds, new KeyValuePair<string, object?>("mode", mode == FanoutMode.Push ? "push" : "pull"));

    public void Pushed(long deliveries, TimeSpan duration)
    {
        _deliveries.Add(deliveries);
        _duration.Record(duration.TotalSeconds);
    }

    public void Pulled() => _pulled.Add(1);

    public void Notified(int users) => _notifications.Add(users);

    public void DeadLetters(string queue, long count) => _deadLetters.Record(count, new KeyValuePair<string, object?>("queue", queue));

    public void Dispose() => _meter.Dispose();
}
