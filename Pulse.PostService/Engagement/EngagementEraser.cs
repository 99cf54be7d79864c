using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Counting;
using Pulse.PostService.Data;

namespace Pulse.PostService.Engagement;

/// <summary>Takes back what an account has done to posts, as its user would; counts and those who were told of a like hear of it.</summary>
internal sealed class EngagementEraser(PostDbContext db, SnowflakeGenerator ids, MarksVersions marks, OutboxSignal signal, CountSignal counts, TimeProvider clock)
{
    // A call stays short.
    private const int Batch = 200;

    /// <summary>Takes back a batch of likes, or else of bookmarks.</summary>
    /// <returns>Whether none is left.</returns>
    public async Task<bool> EraseAsync(UserId user, CancellationToken ct) => await EraseLikesAsync(user, ct) < Batch && await EraseBookmarksAsync(user, ct) < Batch;

    /// <summary>Forgets the version of his marks; before its key is removed.</summary>
    public Task<int> ForgetVersionAsync(UserId user, CancellationToken ct) => db.Database.ExecuteSqlAsync($"DELETE FROM marks_versions WHERE user_id = {user.Value}", ct);

    private async Task<int> EraseLikesAsync(UserId user, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var liked = await db.Database.SqlQuery<Liked>(
            $"""
            WITH taken AS (
                DELETE FROM likes
                WHERE user_id = {user.Value}
                    AND post_id = ANY (ARRAY(SELECT post_id FROM likes WHERE user_id = {user.Value} ORDER BY post_id LIMIT {Batch} FOR UPDATE SKIP LOCKED))
                RETURNING post_id),
            counted AS (
                INSERT INTO post_count_steps (post_id, likes) SELECT post_id, -1 FROM taken)
            SELECT p.id AS "Post", p.author_id AS "Author" FROM taken JOIN posts p ON p.id = taken.post_id
            """).ToListAsync(ct);
        if (liked.Count == 0) return 0;

        var version = await marks.RaiseAsync(user, ct);
        db.ChangeTracker.Clear();
        db.Outbox.AddRange(liked.Select(like => OutboxMessage.For(new PostUnliked(new PostId(like.Post), new UserId(like.Author), user, version), ids.Next(), clock.GetUtcNow())));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        signal.Wake();
        counts.Wake();
        return liked.Count;
    }

    private Task<int> EraseBookmarksAsync(UserId user, CancellationToken ct) => db.Database.ExecuteSqlAsync(
        $"""
        DELETE FROM bookmarks
        WHERE user_id = {user.Value} AND post_id = ANY (ARRAY(SELECT post_id FROM bookmarks WHERE user_id = {user.Value} ORDER BY post_id LIMIT {Batch}))
        """,
        ct);

    private sealed record Liked(long Post, long Author);
}
