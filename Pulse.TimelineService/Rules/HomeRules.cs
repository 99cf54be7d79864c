using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TimelineService.Hydrating;
using Pulse.Visibility;

namespace Pulse.TimelineService.Rules;

/// <summary>Step 4 of the read path: what of a hydrated id a viewer is shown in his home timeline. Pure.</summary>
internal static class HomeRules
{
    /// <returns>The post with what it reposts or quotes, as far as the viewer may see it, without his marks; null when it has no place there.</returns>
    public static ShownPost? Show(long id, Hydration hydrated, ViewerGraph viewer, DateTimeOffset now)
    {
        if (Find(new PostId(id), hydrated) is not { } item) return null;
        if (item.Post.RepostOf is not { } shown) return PostVisibilityRules.BelongsInHome(viewer, item.Post, item.Author, now) ? WithQuote(item) : null;

        return Find(shown, hydrated) is { } original && PostVisibilityRules.RepostBelongsInHome(viewer, item.Post, item.Author, original.Post, original.Author, now)
            ? item with { RepostOf = WithQuote(original) }
            : null;

        ShownPost WithQuote(ShownPost post) =>
            post.Post.QuoteOf is { } quote
            && Find(quote, hydrated) is { } quoted
            && !viewer.Mutes(quoted.Post.AuthorId, now)
            && PostVisibilityRules.CanSee(viewer, quoted.Post, quoted.Author)
                ? post with { QuoteOf = quoted }
                : post;
    }

    private static ShownPost? Find(PostId id, Hydration hydrated) =>
        hydrated.Posts.TryGetValue(id, out var post) && hydrated.Authors.TryGetValue(post.AuthorId, out var author)
            ? new ShownPost(post, author, hydrated.Counts.GetValueOrDefault(id) ?? new PostCounts(id), Marks: null)
            : null;
}
