using System.Diagnostics.Metrics;
using Pulse.Timelines.Store;

namespace Pulse.TimelineService.HomeTimeline;

/// <summary>
/// Meter <c>Pulse.Feed</c>: <c>.duration</c> seconds per page, <c>.source</c> pages by where they came from,
/// <c>.cache.hits</c> and <c>.cache.misses</c> of lists, <c>.rebuilds</c>, <c>.page.refills</c>.
/// </summary>
internal sealed class FeedTelemetry : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _pages;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _rebuilds;
    private readonly Counter<long> _refills;

    public FeedTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create("Pulse.Feed");
        _duration = _meter.CreateHistogram<double>("pulse.feed.duration", "s", "Time to read one page.");
        _pages = _meter.CreateCounter<long>("pulse.feed.source", "{page}", "Pages by where their ids came from.");
        _hits = _meter.CreateCounter<long>("pulse.feed.cache.hits", "{list}", "Lists found warm.");
        _misses = _meter.CreateCounter<long>("pulse.feed.cache.misses", "{list}", "Lists found cold or open.");
        _rebuilds = _meter.CreateCounter<long>("pulse.feed.rebuilds", "{list}", "Lists filled from Postgres.");
        _refills = _meter.CreateCounter<long>("pulse.feed.page.refills", "{refill}", "Second and later looks for candidates, because rules emptied a page.");
    }

    public void CacheRead(string kind, TimelineState state) =>
        (state == TimelineState.Warm ? _hits : _misses).Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Rebuilt(bool published) => _rebuilds.Add(1, new KeyValuePair<string, object?>("published", published));

    public void Refilled() => _refills.Add(1);

    public void PageRead(FeedSource source, TimeSpan duration)
    {
        _pages.Add(1, new KeyValuePair<string, object?>("source", source.ToString().ToLowerInvariant()));
        _duration.Record(duration.TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();
}
