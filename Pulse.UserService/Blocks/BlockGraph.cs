using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Counts;
using Pulse.UserService.Data;
using Pulse.UserService.Follows;
using Pulse.UserService.Graph;

namespace Pulse.UserService.Blocks;

/// <summary>
/// Changes who blocks whom. One transaction holds the block, the end of both follows and requests, the graph versions of both users and
/// all events. It takes its locks in the order that <see cref="FollowGraph"/> describes: both accounts by id, then counts by id.
/// </summary>
internal sealed class BlockGraph(
    UserDbContext db,
    GraphVersions versions,
    FollowerCounts counts,
    OutboxSignal signal,
    SnowflakeGenerator ids,
    TimeProvider clock)
{
    /// <summary>Puts a block between two users and ends their follows; nothing changes when it stands already.</summary>
    public async Task BlockAsync(UserId blocker, UserId blocked, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(blocker, blocked, ct);
        var added = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO blocks (blocker_id, blocked_id, since) VALUES ({blocker.Value}, {blocked.Value}, {now}) ON CONFLICT DO NOTHING", ct);
        if (added == 0) return;

        await RemoveRequestsAsync(blocker, blocked, now, ct);
        var followers = await EndFollowsAsync(blocker, blocked, ct);
        var raised = await RaiseAsync(blocker, blocked, followers, ct);
        foreach (var follower in followers)
        {
            var followee = follower == blocker ? blocked : blocker;
            db.Outbox.Add(OutboxMessage.For(new UserUnfollowed(follower, followee, raised[follower]), ids.Next(), now));
        }

        db.Outbox.Add(OutboxMessage.For(new UserBlocked(blocker, blocked, raised[blocker], raised[blocked]), ids.Next(), now));
        await CommitAsync(raised, [.. followers.Select(follower => follower == blocker ? blocked : blocker).Order()], ct);
    }

    /// <summary>Takes the block away; what it ended stays ended. Nothing changes when there is none.</summary>
    public async Task UnblockAsync(UserId blocker, UserId blocked, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(blocker, blocked, ct);
        var removed = await db.Database.ExecuteSqlAsync($"DELETE FROM blocks WHERE blocker_id = {blocker.Value} AND blocked_id = {blocked.Value}", ct);
        if (removed == 0) return;

        var raised = await RaiseAsync(blocker, blocked, [], ct);
        db.Outbox.Add(OutboxMessage.For(new UserUnblocked(blocker, blocked, raised[blocker], raised[blocked]), ids.Next(), clock.GetUtcNow()));
        await CommitAsync(raised, [], ct);
    }

    private Task LockAsync(UserId one, UserId other, CancellationToken ct)
    {
        long[] pair = [one.Value, other.Value];
        return db.Database.ExecuteSqlAsync($"SELECT FROM users WHERE id = ANY({pair}) ORDER BY id FOR NO KEY UPDATE", ct);
    }

    private async Task RemoveRequestsAsync(UserId one, UserId other, DateTimeOffset now, CancellationToken ct)
    {
        var removed = await db.Database.SqlQuery<Removed>(
            $"""
            DELETE FROM follow_requests
            WHERE (requester_id = {one.Value} AND target_id = {other.Value}) OR (requester_id = {other.Value} AND target_id = {one.Value})
            RETURNING id AS "Id", requester_id AS "Requester", target_id AS "Target"
            """).ToListAsync(ct);
        db.Outbox.AddRange(removed.Select(request =>
            OutboxMessage.For(new UserFollowRequestEnded(new UserId(request.Requester), new UserId(request.Target), request.Id), ids.Next(), now)));
    }

    /// <returns>Those of the two who followed the other.</returns>
    private async Task<UserId[]> EndFollowsAsync(UserId one, UserId other, CancellationToken ct)
    {
        var followers = await db.Database.SqlQuery<long>(
            $"""
            DELETE FROM follows
            WHERE (follower_id = {one.Value} AND followee_id = {other.Value}) OR (follower_id = {other.Value} AND followee_id = {one.Value})
            RETURNING follower_id AS "Value"
            """).ToListAsync(ct);
        return [.. followers.Select(id => new UserId(id))];
    }

    /// <summary>Raises the graph versions of both; <paramref name="followers"/> follow one less.</summary>
    private async Task<Dictionary<UserId, long>> RaiseAsync(UserId one, UserId other, UserId[] followers, CancellationToken ct)
    {
        long[] pair = [one.Value, other.Value];
        var ended = Array.ConvertAll(followers, follower => follower.Value);
        var rows = await db.Database.SqlQuery<Raised>(
            $"""
            UPDATE users SET graph_version = graph_version + 1, following_count = following_count - (id = ANY({ended}))::int
            WHERE id = ANY({pair})
            RETURNING id AS "User", graph_version AS "Version"
            """).ToListAsync(ct);
        return rows.ToDictionary(row => new UserId(row.User), row => row.Version);
    }

    /// <param name="raised">The new graph versions.</param>
    /// <param name="lost">Who lost a follower, in order of id.</param>
    /// <param name="ct">Ends the call; not what follows the commit.</param>
    private async Task CommitAsync(Dictionary<UserId, long> raised, UserId[] lost, CancellationToken ct)
    {
        await versions.ForgetAsync(raised.Keys, ct);
        await db.SaveChangesAsync(ct);
        List<(UserId User, Audience Audience)> left = [];
        foreach (var user in lost) left.Add((user, await counts.AddAsync(user, -1, ct)));
        await db.Database.CommitTransactionAsync(ct);

        signal.Wake();
        await versions.PublishAsync(raised, CancellationToken.None);
        foreach (var (user, audience) in left) await counts.ShowAsync(user, audience, CancellationToken.None);
    }

    private sealed record Raised(long User, long Version);

    private sealed record Removed(long Id, long Requester, long Target);
}
