using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;

namespace Pulse.UserService.Follows;

/// <summary>
/// Changes the follow graph. One transaction holds the edge, both counts, the follower's graph version and the event.
/// Every transaction of this service takes its locks in one order, so that waiting never goes round: first accounts in
/// order of id (a follow only the follower's, a block both), last counts in order of id. An edge or block is changed only
/// under the lock of the account that it starts from, so its row is never waited for.
/// </summary>
internal sealed class FollowGraph(
    UserDbContext db,
    GraphVersions versions,
    FollowerCounts counts,
    OutboxSignal signal,
    SnowflakeGenerator ids,
    TimeProvider clock)
{
    /// <summary>Lets <paramref name="follower"/> follow <paramref name="followee"/>; nothing changes when he does already.</summary>
    /// <returns>False when one of them blocks the other.</returns>
    public async Task<bool> FollowAsync(UserId follower, UserId followee, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(follower, ct);
        // A block of either locks both accounts: under this lock the answer stays what it is.
        if (await IsBlockedAsync(follower, followee, ct)) return false;

        await ChangeAsync(
            follower,
            followee,
            1,
            $"""
            WITH edge AS (
                INSERT INTO follows (follower_id, followee_id, since) VALUES ({follower.Value}, {followee.Value}, {now})
                ON CONFLICT DO NOTHING RETURNING 1)
            UPDATE users SET graph_version = graph_version + 1, following_count = following_count + 1
            WHERE id = {follower.Value} AND EXISTS (SELECT FROM edge)
            RETURNING graph_version AS "Value"
            """,
            version => OutboxMessage.For(new UserFollowed(follower, followee, version, now), ids.Next(), now),
            ct);
        return true;
    }

    /// <summary>Ends a follow; nothing changes when there is none.</summary>
    public async Task UnfollowAsync(UserId follower, UserId followee, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(follower, ct);
        await ChangeAsync(
            follower,
            followee,
            -1,
            $"""
            WITH edge AS (
                DELETE FROM follows WHERE follower_id = {follower.Value} AND followee_id = {followee.Value} RETURNING 1)
            UPDATE users SET graph_version = graph_version + 1, following_count = following_count - 1
            WHERE id = {follower.Value} AND EXISTS (SELECT FROM edge)
            RETURNING graph_version AS "Value"
            """,
            version => OutboxMessage.For(new UserUnfollowed(follower, followee, version), ids.Next(), clock.GetUtcNow()),
            ct);
    }

    // A statement of its own: the next one must see the row as the last holder left it.
    private Task LockAsync(UserId account, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"SELECT FROM users WHERE id = {account.Value} FOR NO KEY UPDATE", ct);

    private Task<bool> IsBlockedAsync(UserId one, UserId other, CancellationToken ct) => db.Blocks.AnyAsync(
        block => (block.BlockerId == one && block.BlockedId == other) || (block.BlockerId == other && block.BlockedId == one),
        ct);

    private async Task ChangeAsync(
        UserId follower, UserId followee, int step, FormattableString changeEdge, Func<long, OutboxMessage> toEvent, CancellationToken ct)
    {
        if (await db.Database.SqlQuery<long>(changeEdge).ToListAsync(ct) is not [var version]) return;

        await versions.ForgetAsync([follower], ct);
        db.Outbox.Add(toEvent(version));
        await db.SaveChangesAsync(ct);
        var audience = await counts.AddAsync(followee, step, ct);
        await db.Database.CommitTransactionAsync(ct);

        // Committed: what follows is finished even when the caller has gone.
        signal.Wake();
        await versions.PublishAsync(follower, version, CancellationToken.None);
        await counts.ShowAsync(followee, audience, CancellationToken.None);
    }
}
