namespace Pulse.TimelineService.Merging;

/// <summary>The k-way merge of candidate ids.</summary>
internal static class TimelineMerge
{
    /// <summary>The newest <paramref name="count"/> distinct ids of all sources.</summary>
    /// <param name="sources">Each newest first and without repeats; one id may stand in several.</param>
    /// <param name="count">The most ids.</param>
    public static List<long> Newest(IReadOnlyList<IReadOnlyList<long>> sources, int count)
    {
        var merged = new List<long>(count);
        var heads = new PriorityQueue<(int Source, int Index), long>(sources.Count);
        for (var source = 0; source < sources.Count; source++) Push(source, 0);

        while (merged.Count < count && heads.TryDequeue(out var head, out _))
        {
            var id = sources[head.Source][head.Index];
            if (merged.Count == 0 || merged[^1] != id) merged.Add(id);
            Push(head.Source, head.Index + 1);
        }

        return merged;

        void Push(int source, int index)
        {
            // The queue gives the least priority first; ids are positive, so the negated one is the newest.
            if (index < sources[source].Count) heads.Enqueue((source, index), -sources[source][index]);
        }
    }
}
