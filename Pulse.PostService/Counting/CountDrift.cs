using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Engagement;
using Pulse.PostService.Posts;

namespace Pulse.PostService.Counting;

/// <summary>Counts that are not what their rows say.</summary>
/// <param name="Post">Of what.</param>
/// <param name="Likes">Likes that the count lacks; negative for too many.</param>
/// <param name="Reposts">The same of reposts.</param>
/// <param name="Replies">The same of replies.</param>
internal sealed record DriftedCounts(PostId Post, long Likes, long Reposts, long Replies);

/// <summary>
/// Recounts what was done to posts, a page after the other, and mends what differs. A step commits with its row, so nothing should ever differ; this finds a
/// defect, a restore, a hand in the database, or an older version that knew no steps. On its way it renews what Redis has of these counts, which may be from before
/// a failover.
/// </summary>
internal sealed class CountDrift(PostDbContext db, EngagementReader engagement, PostCache cache, CountSignal signal)
{
    /// <summary>Held by the one who recounts: two that mend the same drift would mend it twice.</summary>
    private const long RecountLock = 0x50554C53_504F5354;

    /// <summary>Recounts <paramref name="limit"/> posts above <paramref name="after"/> in order of id.</summary>
    /// <returns>The last one, null at the end of all posts; and which differed. Nothing is read while another replica recounts.</returns>
    public async Task<(PostId? Last, IReadOnlyList<DriftedCounts> Drifted)> RecountAsync(PostId after, int limit, CancellationToken ct)
    {
        List<Recounted> rows;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (!(await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({RecountLock}) AS \"Value\"").ToListAsync(ct)).Single()) return (after, []);

            rows = await RecountPageAsync(after, limit, ct);
            await transaction.CommitAsync(ct);
        }

        List<DriftedCounts> drifted =
        [
            .. rows.Where(row => (row.Likes, row.Reposts, row.Replies) != (0, 0, 0))
                .Select(row => new DriftedCounts(new PostId(row.Post), row.Likes, row.Reposts, row.Replies)),
        ];
        if (drifted.Count > 0) signal.Wake();

        var counts = await engagement.CountsAsync(rows.ConvertAll(row => new PostId(row.Post)), ct);
        await cache.RenewAsync([.. counts.Values.Where(count => count.Version > 0)], ct);
        return (rows.Count < limit ? null : new PostId(rows[^1].Post), drifted);
    }

    // What nobody but its author sees counts for nobody. One statement sees counts, steps and rows of one moment. It mends by the difference and not to the number: what others commit meanwhile changes both alike.
    private Task<List<Recounted>> RecountPageAsync(PostId after, int limit, CancellationToken ct) => db.Database.SqlQuery<Recounted>(
        $"""
        WITH page AS (
            SELECT id FROM posts WHERE id > {after.Value} AND repost_of IS NULL AND deleted_at IS NULL ORDER BY id LIMIT {limit}),
        recounted AS (
            SELECT p.id,
                (SELECT count(*) FROM likes WHERE post_id = p.id) - coalesce(c.likes, 0) - coalesce(s.likes, 0) AS likes,
                (SELECT count(*) FROM posts WHERE repost_of = p.id AND deleted_at IS NULL AND NOT limited) - coalesce(c.reposts, 0) - coalesce(s.reposts, 0) AS reposts,
                (SELECT count(*) FROM posts WHERE in_reply_to = p.id AND deleted_at IS NULL AND NOT limited) - coalesce(c.replies, 0) - coalesce(s.replies, 0) AS replies
            FROM page p
            LEFT JOIN post_counts c ON c.post_id = p.id
            LEFT JOIN LATERAL (
                SELECT sum(likes) AS likes, sum(reposts) AS reposts, sum(replies) AS replies FROM post_count_steps WHERE post_id = p.id) s ON true),
        mended AS (
            INSERT INTO post_counts AS c (post_id, likes, reposts, replies, version, unpublished_since)
            SELECT id, likes, reposts, replies, 1, now() FROM recounted WHERE (likes, reposts, replies) <> (0, 0, 0) ORDER BY id
            ON CONFLICT (post_id) DO UPDATE SET
                likes = c.likes + excluded.likes, reposts = c.reposts + excluded.reposts, replies = c.replies + excluded.replies,
                version = c.version + 1, unpublished_since = least(c.unpublished_since, excluded.unpublished_since))
        SELECT id AS "Post", likes AS "Likes", reposts AS "Reposts", replies AS "Replies" FROM recounted ORDER BY id
        """).ToListAsync(ct);

    private sealed record Recounted(long Post, long Likes, long Reposts, long Replies);
}
