using Pulse.Contracts.Api;
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

    /// <summary>Follows cursors to the end: full pages, strictly falling ids, no repeats, no content twice.</summary>
    public static async Task<List<long>> WalkAsync(this HomeTimelineReader reader, UserId viewer, int limit, CancellationToken ct) =>
        (await reader.PostsAsync(viewer, limit, ct)).ConvertAll(post => post.Id.Value);

    /// <summary>
    /// Walks with <paramref name="limit"/> and compares with the bounds; at quiescence they are the same. Of a content that may show by several posts and reposts, the walk
    /// shows one, and none that is older than the newest that it must know.
    /// </summary>
    public static async Task CheckAsync(
        this HomeTimelineReader reader, Owners owners, UserId viewer, int limit, IReadOnlyList<long> least, IReadOnlyList<long> most, CancellationToken ct)
    {
        var walked = await reader.PostsAsync(viewer, limit, ct);
        var places = walked.ToDictionary(ContentOf, post => post.Id);
        var missing = least.Select(id => owners.Posts.Find(new PostId(id))!)
            .GroupBy(post => post.ContentId, post => post.Id)
            .Where(content => places.GetValueOrDefault(content.Key) < content.Max())
            .Select(content => content.Max())
            .ToList();
        var extra = walked.Select(post => post.Id.Value).Except(most).ToList();
        if (missing.Count + extra.Count > 0) throw new WrongWalkException($"Reader {viewer}, limit {limit}: misses [{string.Join(' ', missing)}], has [{string.Join(' ', extra)}] too many.");

        foreach (var post in walked.Select(post => post.RepostOf ?? post))
        {
            var truth = owners.Posts.Find(post.Id)!;
            if (post.Content != truth.Content) throw new WrongWalkException($"Reader {viewer}: {post.Id} says \"{post.Content}\" and not \"{truth.Content}\".");
            if (post.QuoteOf is not null != owners.SeesQuote(viewer, truth)) throw new WrongWalkException($"Reader {viewer}: {post.Id} shows its quote: {post.QuoteOf is not null}.");
        }
    }

    private static PostId ContentOf(PostResponse post) => post.RepostOf?.Id ?? post.Id;

    private static async Task<List<PostResponse>> PostsAsync(this HomeTimelineReader reader, UserId viewer, int limit, CancellationToken ct)
    {
        List<PostResponse> walked = [];
        FeedCursor? after = null;
        while (true)
        {
            var page = await reader.ReadAsync(viewer, after, limit, ct);
            walked.AddRange(page.Posts);
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
            if (walked[index].Id >= walked[index - 1].Id) throw new WrongWalkException($"{walked[index].Id} follows {walked[index - 1].Id}.");
        }

        if (walked.GroupBy(ContentOf).FirstOrDefault(content => content.Count() > 1) is { } twice) throw new WrongWalkException($"{twice.Key} is shown by [{string.Join(' ', twice.Select(post => post.Id))}].");
        return walked;
    }
}
