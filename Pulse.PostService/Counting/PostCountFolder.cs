using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Posts;

namespace Pulse.PostService.Counting;

/// <summary>
/// Moves steps into the counts of their posts, and counts into Redis. Each in a statement of its own: what Redis lacks is noted in the row of the count, by the
/// statement that changes it, so that whoever dies in between, and whatever Redis misses, is made up for by the next turn of anybody.
/// </summary>
internal sealed class PostCountFolder(PostDbContext db, PostCache cache, PostsTelemetry telemetry, TimeProvider clock)
{
    /// <summary>Steps taken at a time: a second of a busy day.</summary>
    internal const int MaxSteps = 5_000;

    /// <summary>Counts published at a time; within a caller's patience with Redis.</summary>
    internal const int MaxPosts = 500;

    /// <summary>Takes the oldest steps that nobody else has in his hands, whatever the number of their posts. The step that is deleted is in the count that the same statement changes.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> FoldAsync(CancellationToken ct) => (await db.Database.SqlQuery<int>(
        // Posts in order of id: two who fold at once wait for each other in one order.
        $"""
        WITH taken AS (
            DELETE FROM post_count_steps
            WHERE id = ANY (ARRAY(SELECT id FROM post_count_steps ORDER BY id LIMIT {MaxSteps} FOR UPDATE SKIP LOCKED))
            RETURNING post_id, likes, reposts, replies, written_at),
        folded AS (
            INSERT INTO post_counts AS c (post_id, likes, reposts, replies, version, unpublished_since)
            SELECT post_id, sum(likes), sum(reposts), sum(replies), 1, min(written_at) FROM taken GROUP BY post_id ORDER BY post_id
            ON CONFLICT (post_id) DO UPDATE SET
                likes = c.likes + excluded.likes, reposts = c.reposts + excluded.reposts, replies = c.replies + excluded.replies,
                version = c.version + 1, unpublished_since = least(c.unpublished_since, excluded.unpublished_since))
        SELECT count(*)::integer AS "Value" FROM taken
        """).ToListAsync(ct)).Single();

    /// <summary>Writes counts that Redis lacks, those that wait longest first.</summary>
    /// <returns>How many there were; none while Redis is away.</returns>
    public async Task<int> PublishAsync(CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var rows = await db.Database.SqlQuery<Unpublished>(
            $"""
            SELECT post_id AS "Id", greatest(likes, 0) AS "Likes", greatest(reposts, 0) AS "Reposts", greatest(replies, 0) AS "Replies", version AS "Version",
                extract(epoch FROM clock_timestamp() - unpublished_since)::double precision AS "Age"
            FROM post_counts WHERE unpublished_since IS NOT NULL ORDER BY unpublished_since LIMIT {MaxPosts}
            """).ToListAsync(ct);
        if (rows.Count == 0) return 0;
        if (!await cache.RaiseAsync(rows.ConvertAll(row => new PostCounts(new PostId(row.Id), row.Likes, row.Reposts, row.Replies, row.Version)), ct)) return 0;

        var took = clock.GetElapsedTime(started);
        foreach (var row in rows) telemetry.Published(TimeSpan.FromSeconds(row.Age) + took);
        await NoteAsync([.. rows.Select(row => row.Id)], [.. rows.Select(row => row.Version)], ct);
        return rows.Count;
    }

    // Of a count that has changed since nothing is noted, and one that is in other hands changes now.
    private Task<int> NoteAsync(long[] posts, long[] versions, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        UPDATE post_counts c SET unpublished_since = NULL
        FROM (
            SELECT k.post_id FROM unnest({posts}, {versions}) p(id, version) JOIN post_counts k ON k.post_id = p.id AND k.version = p.version
            FOR UPDATE OF k SKIP LOCKED) published
        WHERE c.post_id = published.post_id
        """,
        ct);

    private sealed record Unpublished(long Id, long Likes, long Reposts, long Replies, long Version, double Age);
}
