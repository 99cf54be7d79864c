using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Engagement;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Showing;

/// <summary>A rule of <see cref="PostVisibilityRules"/> by which a list shows posts.</summary>
internal delegate bool ListRule(ViewerGraph viewer, PostSnapshot post, AuthorCard author, DateTimeOffset now);

/// <summary>
/// From posts to what one viewer is shown of them: those that he may see, with the posts that they show or quote, counts, and what he has
/// done to them. So many queries for a list as for one.
/// </summary>
internal sealed class PostShower(PostDbContext db, Snapshots snapshots, ViewerGraphs graphs, AuthorCards cards, EngagementReader engagement, TimeProvider clock)
{
    /// <summary>Where the viewer asked for the posts or their author.</summary>
    public static readonly ListRule Asked = static (viewer, post, author, _) => PostVisibilityRules.CanSee(viewer, post, author);

    /// <summary>Where he comes across them.</summary>
    public static readonly ListRule Found = PostVisibilityRules.BelongsInDiscovery;

    /// <summary>Those of <paramref name="posts"/> that the viewer may see, in their order, complete.</summary>
    /// <exception cref="DependencyUnavailableException">It depends on a card or the viewer's graph, and UserService is away.</exception>
    public async Task<IReadOnlyList<ShownPost>> ShowAsync(UserId? viewer, IReadOnlyList<PostSnapshot> posts, CancellationToken ct) =>
        await CompleteAsync(viewer, await VisibleAsync(viewer, posts, Asked, ct), ct);

    /// <summary>One post; null when the viewer may not see it.</summary>
    /// <exception cref="DependencyUnavailableException">As above.</exception>
    public async Task<ShownPost?> ShowAsync(UserId? viewer, PostSnapshot post, CancellationToken ct) => (await ShowAsync(viewer, [post], ct)).SingleOrDefault();

    /// <summary>Those that the viewer may see, without counts and marks: for lists that look at more than they show.</summary>
    /// <exception cref="DependencyUnavailableException">As above.</exception>
    public async Task<IReadOnlyList<ShownPost>> VisibleAsync(UserId? viewer, IReadOnlyList<PostSnapshot> posts, ListRule rule, CancellationToken ct)
    {
        if (posts.Count == 0) return [];

        var originals = await FindAsync(posts.Select(post => post.RepostOf), ct);
        var quoted = await FindAsync(posts.Concat(originals.Values).Select(post => post.QuoteOf), ct);
        List<PostSnapshot> all = [.. posts, .. originals.Values, .. quoted.Values];
        var authors = await cards.FindForAsync(viewer, [.. all.Select(post => post.AuthorId).Distinct()], ct);
        var graph = await graphs.ForAsync(viewer, all, ct);
        var now = clock.GetUtcNow();
        return [.. posts.Select(post => Nested(post, rule)).OfType<ShownPost>()];

        ShownPost? Nested(PostSnapshot post, ListRule allows)
        {
            if (Alone(post, allows) is not { } shown) return null;
            if (post.RepostOf is { } original) return originals.TryGetValue(original, out var there) && Nested(there, Asked) is { } seen ? shown with { RepostOf = seen } : null;

            return post.QuoteOf is { } quote && quoted.TryGetValue(quote, out var other) ? shown with { QuoteOf = Alone(other, QuotedBy(post.AuthorId)) } : shown;
        }

        ShownPost? Alone(PostSnapshot post, ListRule allows) =>
            authors.TryGetValue(post.AuthorId, out var author) && allows(graph, post, author, now) ? new ShownPost(post, author, new PostCounts(post.Id), Marks: null) : null;
    }

    /// <summary>Adds counts, and what the viewer has done.</summary>
    public async Task<IReadOnlyList<ShownPost>> CompleteAsync(UserId? viewer, IReadOnlyList<ShownPost> posts, CancellationToken ct)
    {
        PostId[] ids = [.. posts.SelectMany(Contents).Distinct()];
        if (ids.Length == 0) return posts;

        var counts = await engagement.CountsAsync(ids, ct);
        var marks = await engagement.MarksAsync(viewer, ids, ct);
        return [.. posts.Select(Complete)];

        ShownPost Complete(ShownPost shown) => shown with
        {
            Counts = counts.GetValueOrDefault(shown.Post.Id, shown.Counts),
            Marks = marks.GetValueOrDefault(shown.Post.Id, new(shown.Post.Id)),
            RepostOf = shown.RepostOf is { } original ? Complete(original) : null,
            QuoteOf = shown.QuoteOf is { } quote ? Complete(quote) : null,
        };
    }

    private static ListRule QuotedBy(UserId quoting) => (viewer, post, author, now) => PostVisibilityRules.BelongsInQuote(viewer, post, author, quoting, now);

    private static IEnumerable<PostId> Contents(ShownPost shown)
    {
        if (shown.RepostOf is { } original) return Contents(original);
        return shown.QuoteOf is { } quoted ? [shown.Post.Id, quoted.Post.Id] : [shown.Post.Id];
    }

    private async Task<Dictionary<PostId, PostSnapshot>> FindAsync(IEnumerable<PostId?> posts, CancellationToken ct)
    {
        long[] ids = [.. posts.OfType<PostId>().Select(post => post.Value).Distinct()];
        if (ids.Length == 0) return [];

        var rows = await db.Posts.AsNoTracking().Where(post => ids.Contains(post.Id) && post.DeletedAt == null).ToListAsync(ct);
        return snapshots.Of(rows).ToDictionary(post => post.Id);
    }
}
