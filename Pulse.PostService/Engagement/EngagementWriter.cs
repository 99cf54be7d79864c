using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Counting;
using Pulse.PostService.Data;

namespace Pulse.PostService.Engagement;

/// <summary>
/// Writes likes and bookmarks, and takes them back. One transaction: the row, the step that counts it, the user's version of marks, the event; all of them only if the
/// row changed, so that a repeat is nothing. Locks in one order: the row, then the version.
/// </summary>
internal sealed class EngagementWriter(PostDbContext db, SnowflakeGenerator ids, MarksVersions marks, OutboxSignal signal, CountSignal counts, TimeProvider clock)
{
    public Task LikeAsync(UserId user, PostSnapshot post, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return ChangeAsync(
            user,
            $"""
            WITH liked AS (
                INSERT INTO likes (post_id, user_id, liked_at, id) VALUES ({post.Id.Value}, {user.Value}, {now}, {ids.Next()}) ON CONFLICT DO NOTHING RETURNING post_id)
            INSERT INTO post_count_steps (post_id, likes) SELECT post_id, 1 FROM liked
            """,
            version => OutboxMessage.For(new PostLiked(post.Id, post.AuthorId, user, version, now), ids.Next(), now),
            ct);
    }

    public Task UnlikeAsync(UserId user, EngagedPost post, CancellationToken ct) => ChangeAsync(
        user,
        $"""
        WITH unliked AS (DELETE FROM likes WHERE post_id = {post.Id.Value} AND user_id = {user.Value} RETURNING post_id)
        INSERT INTO post_count_steps (post_id, likes) SELECT post_id, -1 FROM unliked
        """,
        version => OutboxMessage.For(new PostUnliked(post.Id, post.AuthorId, user, version), ids.Next(), clock.GetUtcNow()),
        ct);

    /// <summary>Nobody counts bookmarks, and nobody but their owner hears of them.</summary>
    public Task BookmarkAsync(UserId user, PostId post, CancellationToken ct) => ChangeAsync(
        user, $"INSERT INTO bookmarks (user_id, post_id, id) VALUES ({user.Value}, {post.Value}, {ids.Next()}) ON CONFLICT DO NOTHING", tell: null, ct);

    public Task UnbookmarkAsync(UserId user, PostId post, CancellationToken ct) => ChangeAsync(
        user, $"DELETE FROM bookmarks WHERE user_id = {user.Value} AND post_id = {post.Value}", tell: null, ct);

    private async Task ChangeAsync(UserId user, FormattableString change, Func<long, OutboxMessage>? tell, CancellationToken ct)
    {
        long version;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (await db.Database.ExecuteSqlAsync(change, ct) == 0) return;

            version = await marks.RaiseAsync(user, ct);
            if (tell is not null)
            {
                db.Outbox.Add(tell(version));
                await db.SaveChangesAsync(ct);
            }

            await transaction.CommitAsync(ct);
        }

        // Committed: what follows is finished even when the caller has gone.
        if (tell is not null)
        {
            signal.Wake();
            counts.Wake();
        }

        await marks.PublishAsync(user, version, CancellationToken.None);
    }
}
