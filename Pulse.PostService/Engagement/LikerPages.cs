using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Engagement;

/// <summary>Answer of <c>GET /v1/posts/{id}/likes</c>.</summary>
public sealed record LikersPage(IReadOnlyList<AuthorResponse> Users, string? NextCursor, bool HasMore);

/// <summary>Who likes a post, the newest likes first; without those who are suspended or kept apart from the viewer by a block.</summary>
internal sealed class LikerPages(PostDbContext db, AuthorCards cards, ViewerGraphs graphs)
{
    // At a time; above that as many as it takes to see that there is one more than the page.
    private const int MinChunk = 50;

    /// <exception cref="DependencyUnavailableException">A card or the viewer's graph is not to be had.</exception>
    public async Task<LikersPage> ReadAsync(UserId viewer, PostId post, long position, int limit, CancellationToken ct)
    {
        var graph = await graphs.OfAsync(viewer, ct);
        List<(long Position, AuthorCard Card)> shown = [];
        var count = Math.Max(limit + 1, MinChunk);
        for (var scanned = 0; ; scanned += count)
        {
            if (scanned >= ShownPages.MaxScanned) return Page(next: position);

            var chunk = await ScanAsync(post, position, count, ct);
            var known = await cards.FindManyAsync(chunk.ConvertAll(like => new UserId(like.User)), ct);
            foreach (var like in chunk)
            {
                if (!known.TryGetValue(new UserId(like.User), out var card) || !IsShown(card)) continue;
                // One too many proves that there is more.
                if (shown.Count == limit) return Page(next: shown[^1].Position);
                shown.Add((like.Id, card));
            }

            if (chunk.Count < count) return Page(next: null);
            position = chunk[^1].Id;
        }

        bool IsShown(AuthorCard card) =>
            ProfileVisibilityRules.CanSee(new ViewerStand(card.Id == viewer, Follows: false), card.Standing) && !graph.IsApartFrom(card.Id);

        LikersPage Page(long? next) =>
            new(shown.ConvertAll(liker => AuthorResponse.From(liker.Card)), next is { } last ? new KeysetCursor(last).Encode() : null, next is not null);
    }

    private Task<List<Liker>> ScanAsync(PostId post, long before, int count, CancellationToken ct) => db.Database.SqlQuery<Liker>(
        $"""SELECT id AS "Id", user_id AS "User" FROM likes WHERE post_id = {post.Value} AND id < {before} ORDER BY id DESC LIMIT {count}""").ToListAsync(ct);

    private sealed record Liker(long Id, long User);
}
