using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Follows;

/// <summary>
/// Changes the follow graph. One transaction holds the edge, both counts, the follower's graph version and the event.
/// Every transaction locks one account first (the follower's) and one count last (the followee's): waiting never goes round.
/// </summary>
internal sealed partial class FollowGraph(
    UserDbContext db,
    GraphVersions versions,
    AuthorCards cards,
    OutboxSignal signal,
    SnowflakeGenerator ids,
    IOptions<CelebrityOptions> celebrities,
    TimeProvider clock,
    ILogger<FollowGraph> logger)
{
    /// <summary>Lets <paramref name="follower"/> follow <paramref name="followee"/>; nothing changes when he does already.</summary>
    public Task FollowAsync(UserId follower, UserId followee, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return ChangeAsync(
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
    }

    /// <summary>Ends a follow; nothing changes when there is none.</summary>
    public Task UnfollowAsync(UserId follower, UserId followee, CancellationToken ct) => ChangeAsync(
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

    private async Task ChangeAsync(
        UserId follower, UserId followee, int step, FormattableString changeEdge, Func<long, OutboxMessage> toEvent, CancellationToken ct)
    {
        long version;
        long followers;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            // A lock of its own: the statement below must see the row as the last holder left it.
            await db.Database.ExecuteSqlAsync($"SELECT FROM users WHERE id = {follower.Value} FOR NO KEY UPDATE", ct);
            if (await db.Database.SqlQuery<long>(changeEdge).ToListAsync(ct) is not [var changed]) return;

            version = changed;
            await versions.ForgetAsync(follower, ct);
            db.Outbox.Add(toEvent(version));
            await db.SaveChangesAsync(ct);
            followers = (await db.Database.SqlQuery<long>(
                $"UPDATE follower_counts SET followers = followers + {step} WHERE user_id = {followee.Value} RETURNING followers AS \"Value\"").ToListAsync(ct)).Single();
            await transaction.CommitAsync(ct);
        }

        // Committed: what follows is finished even when the caller has gone.
        signal.Wake();
        await versions.PublishAsync(follower, version, CancellationToken.None);
        if (IsCelebrity(followers) != IsCelebrity(followers - step))
        {
            LogFlipped(followee, followers);
            await cards.RewriteAsync(followee, CancellationToken.None);
        }
    }

    private bool IsCelebrity(long followers) => followers >= celebrities.Value.PushFollowerLimit;

    [LoggerMessage(3401, LogLevel.Information, "User {User} crossed the celebrity limit and has {Followers} followers now")]
    private partial void LogFlipped(UserId user, long followers);
}
