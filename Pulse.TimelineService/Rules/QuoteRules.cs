using Pulse.Contracts.Api;
using Pulse.TimelineService.Hydrating;
using Pulse.Visibility;

namespace Pulse.TimelineService.Rules;

/// <summary>What is shown of a quoted post, wherever the post that quotes it is shown. Pure.</summary>
internal static class QuoteRules
{
    /// <returns>The post with what it quotes, if the viewer may see that and does not mute its author.</returns>
    public static ShownPost WithQuote(ShownPost post, Hydration hydrated, ViewerGraph viewer, DateTimeOffset now) =>
        post.Post.QuoteOf is { } quote
        && hydrated.Find(quote) is { } quoted
        && !viewer.Mutes(quoted.Post.AuthorId, now)
        && PostVisibilityRules.CanSee(viewer, quoted.Post, quoted.Author)
            ? post with { QuoteOf = quoted }
            : post;
}
