using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.TimelineService.Hydrating;
using Pulse.Visibility;

namespace Pulse.TimelineService.Rules;

/// <summary>Step 4 of the read path: what of a hydrated id a viewer is shown in his home timeline. Pure.</summary>
internal static class HomeRules
{
    /// <returns>The post with what it reposts or quotes, as far as the viewer may see it, without his marks; null when it has no place there.</returns>
    public static ShownPost? Show(long id, Hydration hydrated, ViewerGraph viewer, DateTimeOffset now)
    {
        if (hydrated.Find(new PostId(id)) is not { } item) return null;
        if (item.Post.RepostOf is not { } shown) return PostVisibilityRules.BelongsInHome(viewer, item.Post, item.Author, now) ? QuoteRules.WithQuote(item, hydrated, viewer, now) : null;

        return hydrated.Find(shown) is { } original && PostVisibilityRules.RepostBelongsInHome(viewer, item.Post, item.Author, original.Post, original.Author, now)
            ? item with { RepostOf = QuoteRules.WithQuote(original, hydrated, viewer, now) }
            : null;
    }
}
