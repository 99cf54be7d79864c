using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.TimelineService.HomeTimeline;

namespace Pulse.Engine.Tests.Engine;

/// <summary>A walk showed something that it must not, or lacked something.</summary>
internal sealed class WrongWalkException(string message) : Exception(message);

/// <summary>Page walks, and what must hold for every one of them.</summary>
internal static class Walks
{
    public static readonly IReadOnlyList<int> Limits = [1, 7, 50];

    /// <summary>Follows cursors to the end: full pages, strictly falling ids, no repeats.</summary>
    public static async Task<List<long>> WalkAsync(this HomeTimelineReader reader, UserId viewer, int limit, CancellationToken ct)
    {
        List<long> walked = [];
        FeedCursor? after = null;
        while (true)
        {
            var page = await reader.ReadAsync(viewer, after, limit, ct);
            walked.AddRange(page.Posts.Select(post => post.Id.Value));
            if (page.HasMore != page.NextCursor is not null) throw new WrongWalkException($"has_more is {page.HasMore} and the cursor {page.NextCursor}.");
            if (page.HasMore && page.Posts.Count != limit) throw new WrongWalkException($"A page of {page.Posts.Count} of {limit} says that there is more, degraded [{string.Join(' ', page.Degraded)}].");
            // The reader looks for one more than the page, so an empty page ends a walk only when it is the first.
            if (page.Posts.Count == 0 && after is not null) throw new WrongWalkException("A page said that there is more, and the next one is empty.");
            if (page.NextCursor is null) break;

            if (!FeedCursor.TryDecode(page.NextCursor, out var cursor)) throw new WrongWalkException($"Not a cursor: {page.NextCursor}");
            after = cursor;
        }

        for (var index = 1; index < walked.Count; index++)
        {
            if (walked[index] >= walked[index - 1]) throw new WrongWalkException($"{walked[index]} follows {walked[index - 1]}.");
        }

        return walked;
    }

    /// <summary>Walks with <paramref name="limit"/> and compares with the bounds; at quiescence they are the same.</summary>
    public static async Task CheckAsync(this HomeTimelineReader reader, UserId viewer, int limit, IReadOnlyList<long> least, IReadOnlyList<long> most, CancellationToken ct)
    {
        var walked = await reader.WalkAsync(viewer, limit, ct);
        var (missing, extra) = (least.Except(walked).ToList(), walked.Except(most).ToList());
        if (missing.Count + extra.Count == 0) return;

        throw new WrongWalkException($"Reader {viewer}, limit {limit}: misses [{string.Join(' ', missing)}], has [{string.Join(' ', extra)}] too many.");
    }
}
