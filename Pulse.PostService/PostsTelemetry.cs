using System.Diagnostics.Metrics;
using Pulse.PostService.Counting;

namespace Pulse.PostService;

/// <summary>
/// Meter <c>Pulse.Counters</c>: <c>.drift</c>, by how much counts of posts differed from their rows, and <c>.flush.lag</c>, seconds from a like, a repost or a
/// reply to the count that readers have of it.
/// </summary>
internal sealed class PostsTelemetry : IDisposable
{
    private readonly Meter _counters;
    private readonly Counter<long> _drift;
    private readonly Histogram<double> _flushLag;

    public PostsTelemetry(IMeterFactory meters)
    {
        _counters = meters.Create("Pulse.Counters");
        _drift = _counters.CreateCounter<long>("pulse.counters.drift", "{difference}", "By how much counts differed from their rows when they were recounted.");
        _flushLag = _counters.CreateHistogram<double>("pulse.counters.flush.lag", "s", "From the oldest step of a count to the publishing of the count.");
    }

    public void Published(TimeSpan lag) => _flushLag.Record(lag.TotalSeconds);

    public void Drifted(DriftedCounts post)
    {
        Add("likes", post.Likes);
        Add("reposts", post.Reposts);
        Add("replies", post.Replies);

        void Add(string counter, long difference) => _drift.Add(Math.Abs(difference), new KeyValuePair<string, object?>("counter", counter));
    }

    public void Dispose() => _counters.Dispose();
}
