using Pulse.ServiceDefaults.Problems;
using Pulse.Timelines.Data;
using Pulse.Timelines.Store;

namespace Pulse.TimelineService.Candidates;

/// <summary>The set of pull authors in process, valid as long as its version is the one that rides along with every read.</summary>
internal sealed class PullAuthorCache(PullAuthors authors, TimelineStore store)
{
    private volatile PullAuthorSet? _current;

    /// <param name="version">What <c>t:pullers</c> says; null when it says nothing, as after a flush.</param>
    /// <param name="ct">Ends the call.</param>
    public async Task<PullAuthorSet> GetAsync(long? version, CancellationToken ct)
    {
        if (_current is { } known && known.Version == version) return known;

        try
        {
            while (true)
            {
                var loaded = await authors.LoadAsync(ct);
                _current = loaded;
                if (version >= loaded.Version) return loaded;

                // Once more after the raise: had a flush just swallowed that of a newer version, every reader would take this one for the newest.
                await store.RaisePullersAsync(loaded.Version, ct);
                version = loaded.Version;
            }
        }
        catch (Exception exception) when (Outage.Is(exception) && _current is { } last)
        {
            // Postgres is away: the tails that are known go on.
            return last;
        }
    }
}
