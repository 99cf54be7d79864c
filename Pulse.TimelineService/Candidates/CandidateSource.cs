using Pulse.ServiceDefaults.Problems;

namespace Pulse.TimelineService.Candidates;

/// <summary>Reads ids below <paramref name="before"/> from where a source goes on beyond its list; fewer than <paramref name="count"/> means that there are no more.</summary>
internal delegate Task<List<long>> OlderIds(long before, int count, CancellationToken ct);

/// <summary>
/// Ids of one kind, newest first: a list at hand, complete down to its floor, and below the floor whatever
/// <see cref="OlderIds"/> finds, with the same cursor.
/// </summary>
internal sealed class CandidateSource
{
    private readonly long[] _ids;
    private readonly OlderIds _older;

    private CandidateSource(long[] ids, long floor, bool fromCache, OlderIds older, string? optional)
    {
        (_ids, Floor, FromCache, _older, Optional) = (ids, floor, fromCache, older, optional);
    }

    /// <summary>From here on the list is complete; 0 when there is nothing older.</summary>
    public long Floor { get; }

    /// <summary>Whether the list is what Redis held.</summary>
    public bool FromCache { get; }

    /// <summary>Null when the page is not complete without this source, else what a page without it must confess.</summary>
    public string? Optional { get; }

    /// <summary>Set when <see cref="OlderIds"/> met an outage.</summary>
    public bool Failed { get; private set; }

    /// <summary>A list complete down to its floor.</summary>
    public static CandidateSource List(long[] ids, long floor, bool fromCache, OlderIds older) => new(ids, floor, fromCache, older, optional: null);

    /// <summary>Nothing at hand, everything by query.</summary>
    public static CandidateSource Query(OlderIds older, string? optional = null) => new([], long.MaxValue, fromCache: false, older, optional);

    /// <summary>Extra ids, all at or above <paramref name="floor"/>; without a cached list beside them they do not make a page a cached one.</summary>
    public static CandidateSource Extra(long[] ids, long floor, bool besideCache, OlderIds older, string optional) => new(ids, floor, besideCache, older, optional);

    /// <summary>A few ids and no others.</summary>
    public static CandidateSource Owed(long[] ids) => new(ids, floor: 0, fromCache: false, static (_, _, _) => Task.FromResult<List<long>>([]), optional: null);

    /// <summary>Whether Redis held <paramref name="id"/> for this source.</summary>
    public bool Holds(long id) => FromCache && Array.BinarySearch(_ids, id, NewestFirst.Instance) >= 0;

    /// <summary>Whether a walk meets <paramref name="id"/> here: it is at hand, or old enough to be below a list.</summary>
    public bool WillShow(long id) => Array.BinarySearch(_ids, id, NewestFirst.Instance) >= 0 || (_ids.Length > 0 && id < Floor);

    /// <summary>The newest <paramref name="count"/> ids below <paramref name="before"/> that need no query.</summary>
    public IReadOnlyList<long> AtHand(long before, int count)
    {
        var start = Array.BinarySearch(_ids, before, NewestFirst.Instance);
        start = start >= 0 ? start + 1 : ~start;
        return new ArraySegment<long>(_ids, start, Math.Min(count, _ids.Length - start));
    }

    /// <summary>The newest <paramref name="count"/> ids below <paramref name="before"/>, as far down as <paramref name="reach"/>.</summary>
    /// <param name="before">Exclusive.</param>
    /// <param name="count">The most ids.</param>
    /// <param name="reach">All sources together have enough at hand down to here: no query for what lies lower. 0 when they have not.</param>
    /// <param name="ct">Ends the query.</param>
    /// <returns>The ids, and the bound from which on they are all; 0 unless an outage cut them short.</returns>
    public async Task<(IReadOnlyList<long> Ids, long Bound)> BeforeAsync(long before, int count, long reach, CancellationToken ct)
    {
        var atHand = AtHand(before, count);
        if (atHand.Count == count || Floor <= reach) return (atHand, 0);

        var from = Math.Min(before, Floor);
        try
        {
            return ([.. atHand, .. await _older(from, count - atHand.Count, ct)], 0);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            Failed = true;
            return (atHand, Optional is null ? from : 0);
        }
    }

    private sealed class NewestFirst : IComparer<long>
    {
        public static readonly NewestFirst Instance = new();

        public int Compare(long x, long y) => y.CompareTo(x);
    }
}
