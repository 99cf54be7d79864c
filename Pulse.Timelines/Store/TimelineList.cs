using Pulse.Contracts.Ids;
using Pulse.Timelines.Keys;
using StackExchange.Redis;

namespace Pulse.Timelines.Store;

/// <summary>How much a cached list can be trusted.</summary>
public enum TimelineState
{
    /// <summary>Absent, or built in another life of Redis: whoever reads it rebuilds it.</summary>
    Cold,

    /// <summary>Somebody is filling it: pushes land, but readers still ask Postgres.</summary>
    Open,

    /// <summary>Complete at and above its floor.</summary>
    Warm,
}

/// <summary>A timeline list as it was read.</summary>
/// <param name="State">Whether the rest means anything.</param>
/// <param name="Ids">Distinct ids at or above the floor, newest first.</param>
/// <param name="Floor">The least id from which on <paramref name="Ids"/> is complete; 0 when there is nothing older.</param>
public sealed record TimelineList(TimelineState State, long[] Ids, long Floor)
{
    public static readonly TimelineList Cold = new(TimelineState.Cold, [], Marker.Unfilled);
    public static readonly TimelineList Open = new(TimelineState.Open, [], Marker.Unfilled);

    /// <summary>Reads the elements of a list, marker last; ids stand in order of arrival and may repeat.</summary>
    public static TimelineList Parse(RedisValue[] elements, ulong incarnation)
    {
        if (elements.Length == 0 || (byte[]?)elements[^1] is not { Length: Marker.ByteLength } tail) return Cold;

        var marker = Marker.Decode(tail);
        if (marker.Incarnation != incarnation) return Cold;
        if (marker.Floor == Marker.Unfilled) return Open;

        var ids = new List<long>(elements.Length - 1);
        foreach (var element in elements.AsSpan(0, elements.Length - 1))
        {
            if ((byte[]?)element is { Length: Snowflake.ByteLength } bytes && Snowflake.FromBytes(bytes) is var id && id >= marker.Floor) ids.Add(id);
        }

        return new TimelineList(TimelineState.Warm, NewestFirst(ids), marker.Floor);
    }

    /// <summary>Sorts and drops repeats.</summary>
    public static long[] NewestFirst(List<long> ids)
    {
        ids.Sort(static (left, right) => right.CompareTo(left));
        var distinct = 0;
        for (var index = 0; index < ids.Count; index++)
        {
            if (index == 0 || ids[index] != ids[index - 1]) ids[distinct++] = ids[index];
        }

        ids.RemoveRange(distinct, ids.Count - distinct);
        return [.. ids];
    }
}
