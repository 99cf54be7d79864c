using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.UserService.Data;

namespace Pulse.UserService.Discovery;

/// <summary>
/// Whom somebody might follow: those whom the most of his followees follow, then the popular. Nobody whom he follows, asked to follow,
/// blocks, mutes or is blocked by, and nobody who is limited or suspended.
/// </summary>
internal sealed class Suggestions(UserDbContext db, PopularUsers popular, TimeProvider clock)
{
    public async Task<IReadOnlyList<RankedUser>> ForAsync(UserId viewer, RankedPageRequest page, CancellationToken ct)
    {
        var known = await popular.ReadAsync(db, ct);
        var ((rank, weight, last), wanted, me, now) = (page.After, page.Wanted, viewer.Value, clock.GetUtcNow());
        return await db.Database.SqlQuery<RankedUser>(
            $"""
            WITH further AS (
                SELECT theirs.followee_id AS id, count(*) AS mutual
                FROM (SELECT followee_id AS id FROM follows WHERE follower_id = {me} ORDER BY followee_id DESC LIMIT {Neighbourhood.Followees}) n,
                    LATERAL (SELECT followee_id FROM follows WHERE follower_id = n.id ORDER BY followee_id DESC LIMIT {Neighbourhood.OfEach}) theirs
                GROUP BY 1),
            candidates AS (
                SELECT id, sum(mutual)::bigint AS mutual
                FROM (SELECT id, mutual FROM further UNION ALL SELECT id, 0 FROM unnest({known}) AS id) both_kinds
                GROUP BY id),
            ranked AS (
                SELECT c.id AS "Id", -c.mutual AS "Rank", t.followers AS "Weight"
                FROM candidates c JOIN users u ON u.id = c.id JOIN follower_totals t ON t.user_id = c.id
                WHERE c.id <> {me} AND u.standing = {(short)AuthorStanding.Active}
                    AND NOT EXISTS (SELECT FROM follows WHERE follower_id = {me} AND followee_id = c.id)
                    AND NOT EXISTS (SELECT FROM follow_requests WHERE requester_id = {me} AND target_id = c.id)
                    AND NOT EXISTS (SELECT FROM mutes WHERE muter_id = {me} AND muted_id = c.id AND (until IS NULL OR until > {now}))
                    AND NOT EXISTS (SELECT FROM blocks WHERE (blocker_id = {me} AND blocked_id = c.id) OR (blocker_id = c.id AND blocked_id = {me})))
            SELECT "Id", "Rank", "Weight" FROM ranked
            WHERE "Rank" > {rank} OR ("Rank" = {rank} AND ("Weight" < {weight} OR ("Weight" = {weight} AND "Id" < {last})))
            ORDER BY "Rank", "Weight" DESC, "Id" DESC
            LIMIT {wanted}
            """).ToListAsync(ct);
    }
}
