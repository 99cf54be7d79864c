using Pulse.Contracts.Api;
using Pulse.TimelineService.Hydrating;
using Pulse.Visibility;

namespace Pulse.TimelineService.Rules;

/// <summary>What is shown of a quoted post, wherever the post that quotes it is shown. Pure.</summary>
internal static class QuoteRules
{
    /// <returns>The post, with what it quotes if the viewer is shown that.</returns>
    public static ShownPost WithQuote(ShownPost post, Hydration hydrated, ViewerGraph viewer, DateTimeOffset now) =>
        post.Post.QuoteOf is { } quote
        && hydrated.Find(quote) is { } quoted
        && PostVisibilityRules.BelongsInQuote(viewer, quoted.Post, quoted.Author, post.Post.AuthorId, now)
            ? post with { QuoteOf = quoted }
            : post;
}
