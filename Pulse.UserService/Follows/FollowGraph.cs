using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Counts;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;

namespace Pulse.UserService.Follows;

/// <summary>What became of the wish to follow.</summary>
internal enum FollowOutcome
{
    Following,

    /// <summary>The account is private and has to accept.</summary>
    Requested,

    /// <summary>A block stands between the two.</summary>
    Blocked,

    /// <summary>There is no such account, or it is suspended.</summary>
    Unknown,
}

/// <summary>What became of the acceptance of a request.</summary>
internal enum AcceptOutcome
{
    Accepted,
    FollowsAlready,
    NotRequested,
}

/// <summary>
/// Changes the follow graph. One transaction holds the edge, both counts, the follower's graph version and the event.
/// Every transaction of this service takes its locks in one order, so that waiting never goes round: first accounts in
/// order of id (a follow only the follower's, a block both), last counts, which nobody waits for. An edge, request, block or mute is changed
/// only under the lock of the account that it starts from, so its row is never waited for, and a request never stands beside its follow.
/// </summary>
internal sealed class FollowGraph(
    UserDbContext db,
    GraphVersions versions,
    FollowerCounts counts,
    OutboxSignal signal,
    SnowflakeGenerator ids,
    TimeProvider clock)
{
    /// <summary>Lets <paramref name="follower"/> follow <paramref name="followee"/>, or ask to; nothing but <paramref name="notify"/> changes when he does already.</summary>
    /// <param name="follower">Who.</param>
    /// <param name="followee">Whom.</param>
    /// <param name="notify">Whether he wants to be told of every post; null for as it was, and at first not.</param>
    /// <param name="ct">Ends the call.</param>
    public async Task<FollowOutcome> FollowAsync(UserId follower, UserId followee, bool? notify, CancellationToken ct)
    {
        var outcome = await FollowOrAskAsync(follower, followee, notify, ct);
        if (outcome != FollowOutcome.Requested) return outcome;

        // The account may have become public meanwhile. It looks for requests after its commit, we look at it after ours: one of the two sees the other.
        if (await db.Users.AnyAsync(user => user.Id == followee && user.IsPrivate, ct)) return outcome;

        await AcceptAsync(follower, followee, CancellationToken.None);
        return FollowOutcome.Following;
    }

    /// <summary>Ends a follow, or withdraws the request; nothing changes when there is neither.</summary>
    public async Task UnfollowAsync(UserId follower, UserId followee, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(follower, ct);
        if (await RemoveRequestAsync(follower, followee, ct) is not null)
        {
            await CommitEndAsync(ct);
            return;
        }

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
            version => [OutboxMessage.For(new UserUnfollowed(follower, followee, version), ids.Next(), clock.GetUtcNow())],
            ct);
    }

    /// <summary>Makes a follow of a request. A block would have removed the request, so none is asked for.</summary>
    public async Task<AcceptOutcome> AcceptAsync(UserId requester, UserId target, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(requester, ct);
        if (await RemoveRequestAsync(requester, target, ct) is not { } request)
        {
            return await db.Follows.AnyAsync(follow => follow.FollowerId == requester && follow.FolloweeId == target, ct)
                ? AcceptOutcome.FollowsAlready
                : AcceptOutcome.NotRequested;
        }

        await ConnectAsync(
            requester,
            target,
            request.Notify,
            now,
            version =>
            [
                OutboxMessage.For(new UserFollowed(requester, target, version, now, request.Notify), ids.Next(), now),
                OutboxMessage.For(new UserFollowAccepted(requester, target, version), ids.Next(), now),
            ],
            ct);
        return AcceptOutcome.Accepted;
    }

    /// <summary>Takes a request away.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RejectAsync(UserId requester, UserId target, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(requester, ct);
        if (await RemoveRequestAsync(requester, target, ct) is null) return false;

        await CommitEndAsync(ct);
        return true;
    }

    private async Task<FollowOutcome> FollowOrAskAsync(UserId follower, UserId followee, bool? notify, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(follower, ct);
        // A block of either locks both accounts: under this lock the answer stays what it is.
        if (await IsBlockedAsync(follower, followee, ct)) return FollowOutcome.Blocked;

        var target = await db.Users.Where(user => user.Id == followee).Select(user => new
        {
            user.IsPrivate,
            user.Standing,
            Since = db.Follows.Where(follow => follow.FollowerId == follower && follow.FolloweeId == followee).Select(follow => (DateTimeOffset?)follow.Since).SingleOrDefault(),
        }).SingleOrDefaultAsync(ct);
        if (target is null or { Standing: AuthorStanding.Suspended }) return FollowOutcome.Unknown;
        if (target.Since is { } since)
        {
            if (notify is { } wanted) await SetNotifyAsync(follower, followee, wanted, since, ct);
            return FollowOutcome.Following;
        }

        if (target.IsPrivate)
        {
            await AskAsync(follower, followee, notify, now, ct);
            return FollowOutcome.Requested;
        }

        // Of a time when the account was private, and its sweep has not come to it yet.
        var request = await RemoveRequestAsync(follower, followee, ct);
        var isTold = notify ?? request?.Notify ?? false;
        await ConnectAsync(
            follower, followee, isTold, now, version => [OutboxMessage.For(new UserFollowed(follower, followee, version, now, isTold), ids.Next(), now)], ct);
        return FollowOutcome.Following;
    }

    private async Task AskAsync(UserId requester, UserId target, bool? notify, DateTimeOffset now, CancellationToken ct)
    {
        var request = ids.Next();
        var added = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO follow_requests (id, requester_id, target_id, created_at, notify)
            VALUES ({request}, {requester.Value}, {target.Value}, {now}, {notify ?? false}) ON CONFLICT DO NOTHING
            """,
            ct);
        if (added > 0)
        {
            db.Outbox.Add(OutboxMessage.For(new UserFollowRequested(requester, target, now, request), ids.Next(), now));
            await db.SaveChangesAsync(ct);
        }
        else if (notify is { } wanted)
        {
            // His alone until it is accepted: nobody needs to hear of it.
            await db.Database.ExecuteSqlAsync(
                $"UPDATE follow_requests SET notify = {wanted} WHERE requester_id = {requester.Value} AND target_id = {target.Value} AND notify <> {wanted}", ct);
        }

        await db.Database.CommitTransactionAsync(ct);
        if (added > 0) signal.Wake();
    }

    /// <returns>What it was, or null when there is none. Its event waits for the next save.</returns>
    private async Task<FormerRequest?> RemoveRequestAsync(UserId requester, UserId target, CancellationToken ct)
    {
        var removed = await db.Database.SqlQuery<FormerRequest>(
            $"""
            DELETE FROM follow_requests WHERE requester_id = {requester.Value} AND target_id = {target.Value}
            RETURNING id AS "Id", notify AS "Notify"
            """).ToListAsync(ct);
        if (removed is not [var request]) return null;

        db.Outbox.Add(OutboxMessage.For(new UserFollowRequestEnded(requester, target, request.Id), ids.Next(), clock.GetUtcNow()));
        return request;
    }

    private async Task CommitEndAsync(CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        await db.Database.CommitTransactionAsync(ct);
        signal.Wake();
    }

    // A statement of its own: the next one must see the row as the last holder left it.
    private Task LockAsync(UserId account, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"SELECT FROM users WHERE id = {account.Value} FOR NO KEY UPDATE", ct);

    private Task<bool> IsBlockedAsync(UserId one, UserId other, CancellationToken ct) => db.Blocks.AnyAsync(
        block => (block.BlockerId == one && block.BlockedId == other) || (block.BlockerId == other && block.BlockedId == one),
        ct);

    private Task ConnectAsync(
        UserId follower, UserId followee, bool notify, DateTimeOffset now, Func<long, OutboxMessage[]> toEvents, CancellationToken ct) => ChangeAsync(
        follower,
        followee,
        1,
        $"""
        WITH edge AS (
            INSERT INTO follows (follower_id, followee_id, since, notify) VALUES ({follower.Value}, {followee.Value}, {now}, {notify})
            ON CONFLICT DO NOTHING RETURNING 1)
        UPDATE users SET graph_version = graph_version + 1, following_count = following_count + 1
        WHERE id = {follower.Value} AND EXISTS (SELECT FROM edge)
        RETURNING graph_version AS "Value"
        """,
        toEvents,
        ct);

    private Task SetNotifyAsync(UserId follower, UserId followee, bool notify, DateTimeOffset since, CancellationToken ct) => ChangeAsync(
        follower,
        followee,
        0,
        $"""
        WITH edge AS (
            UPDATE follows SET notify = {notify} WHERE follower_id = {follower.Value} AND followee_id = {followee.Value} AND notify <> {notify} RETURNING 1)
        UPDATE users SET graph_version = graph_version + 1
        WHERE id = {follower.Value} AND EXISTS (SELECT FROM edge)
        RETURNING graph_version AS "Value"
        """,
        version => [OutboxMessage.For(new UserFollowed(follower, followee, version, since, notify, Began: false), ids.Next(), clock.GetUtcNow())],
        ct);

    private async Task ChangeAsync(
        UserId follower, UserId followee, int step, FormattableString changeEdge, Func<long, OutboxMessage[]> toEvents, CancellationToken ct)
    {
        if (await db.Database.SqlQuery<long>(changeEdge).ToListAsync(ct) is not [var version]) return;

        await versions.ForgetAsync([follower], ct);
        db.Outbox.AddRange(toEvents(version));
        await db.SaveChangesAsync(ct);
        var audience = step == 0 ? null : await counts.AddAsync(followee, step, ct);
        await db.Database.CommitTransactionAsync(ct);

        // Committed: what follows is finished even when the caller has gone.
        signal.Wake();
        await versions.PublishAsync(follower, version, CancellationToken.None);
        if (audience is not null) await counts.ShowAsync(followee, audience, CancellationToken.None);
    }

    private sealed record FormerRequest(long Id, bool Notify);
}
