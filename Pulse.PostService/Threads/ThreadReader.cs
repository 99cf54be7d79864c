using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Publishing;
using Pulse.PostService.Showing;
using Pulse.Visibility;

namespace Pulse.PostService.Threads;

/// <summary>Puts a post between what it answers and what answers it.</summary>
internal sealed class ThreadReader(PostDbContext db, References references, Snapshots snapshots, PostShower shower, ShownPages pages)
{
    /// <summary>The most ancestors, the nearest ones.</summary>
    internal const int MaxAncestors = 50;

    /// <returns>Null when there is no such post, or the viewer may not see it.</returns>
    /// <exception cref="DependencyUnavailableException">Who may see the posts depends on UserService, which is away.</exception>
    public async Task<ThreadResponse?> ReadAsync(UserId viewer, PostId id, ListRequest list, CancellationToken ct)
    {
        if (await references.ContentAsync(viewer, id, ct) is not { } post) return null;

        var (ancestors, truncated) = await AncestorsAsync(post.Post, ct);
        var visible = await shower.VisibleAsync(viewer, ancestors, PostShower.Asked, ct);
        var shown = await shower.CompleteAsync(viewer, [.. visible, post], ct);
        var replies = await pages.ReadAsync(
            viewer, list.Position, list.Limit, Replies(post.Post.AuthorId), (position, count, token) => ScanAsync(post.Post.Id, position, count, token), ct);
        return new ThreadResponse([.. shown.SkipLast(1).Select(PostResponse.From)], truncated, PostResponse.From(shown[^1]), replies);
    }

    private static ListRule Replies(UserId answered) => (viewer, post, author, now) => PostVisibilityRules.BelongsInReplies(viewer, post, author, answered, now);

    /// <summary>Those that stand, oldest first. A deleted row still says what it answered: the ones above it go on.</summary>
    private async Task<(IReadOnlyList<PostSnapshot> Posts, bool Truncated)> AncestorsAsync(PostSnapshot post, CancellationToken ct)
    {
        if (post.InReplyTo is not { } parent) return ([], false);

        var chain = await db.Database.SqlQuery<Link>(
            $"""
            WITH RECURSIVE chain AS (
                SELECT id, in_reply_to, 1 AS depth FROM posts WHERE id = {parent.Value}
                UNION ALL
                SELECT p.id, p.in_reply_to, c.depth + 1 FROM chain c JOIN posts p ON p.id = c.in_reply_to WHERE c.depth < {MaxAncestors})
            SELECT id AS "Id", in_reply_to AS "InReplyTo" FROM chain ORDER BY id
            """).ToListAsync(ct);
        var ids = chain.ConvertAll(link => link.Id);
        // A reply is younger than what it answers, so their ids are the order of the chain.
        var rows = await db.Posts.AsNoTracking().Where(row => ids.Contains(row.Id) && row.DeletedAt == null).OrderBy(row => row.Id).ToListAsync(ct);
        return (snapshots.Of(rows), chain.Count == MaxAncestors && chain[0].InReplyTo is not null);
    }

    private async Task<IReadOnlyList<ScannedPost>> ScanAsync(PostId post, long after, int count, CancellationToken ct)
    {
        var rows = await db.Posts
            .AsNoTracking()
            .Where(reply => reply.InReplyTo == post.Value && reply.DeletedAt == null && reply.Id > after)
            .OrderBy(reply => reply.Id)
            .Take(count)
            .ToListAsync(ct);
        return rows.ConvertAll(row => new ScannedPost(row.Id, snapshots.Of(row)));
    }

    private sealed record Link(long Id, long? InReplyTo);
}
