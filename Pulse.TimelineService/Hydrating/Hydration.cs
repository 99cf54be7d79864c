using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.TimelineService.Hydrating;

/// <summary>Everything that is needed to show some ids, whoever reads: the posts, what they repost and quote, their counts and authors.</summary>
/// <param name="Posts">By id. One without an entry was deleted, or never committed, or <paramref name="Degraded"/> says why.</param>
/// <param name="Counts">By id of a post that is no repost.</param>
/// <param name="Authors">By id. One without an entry is gone, and his posts with him.</param>
/// <param name="Degraded">What could not be had.</param>
internal sealed record Hydration(
    IReadOnlyDictionary<PostId, PostSnapshot> Posts,
    IReadOnlyDictionary<PostId, PostCounts> Counts,
    IReadOnlyDictionary<UserId, AuthorCard> Authors,
    IReadOnlyCollection<string> Degraded)
{
    /// <summary>A post with its counts and its author; null without one of the two.</summary>
    public ShownPost? Find(PostId id) =>
        Posts.TryGetValue(id, out var post) && Authors.TryGetValue(post.AuthorId, out var author)
            ? new ShownPost(post, author, Counts.GetValueOrDefault(id) ?? new PostCounts(id), Marks: null)
            : null;
}
