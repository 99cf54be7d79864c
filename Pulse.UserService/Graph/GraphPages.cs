using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.UserService.Data;

namespace Pulse.UserService.Graph;

/// <summary>Everybody's graph, a page at a time: what the projection of the timelines is refilled from.</summary>
internal sealed class GraphPages(UserDbContext db)
{
    // A page ends with the user who passes it, so that a graph is never cut.
    private const int EnoughEdges = 2_000;

    public async Task<GraphPage> ReadAsync(UserId after, int limit, CancellationToken ct)
    {
        // One statement sees the versions, the follows and the blocks of one moment.
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT u.id AS "Id", u.graph_version AS "Version", e.other AS "OtherId", e.since AS "Since", e.is_block AS "IsBlock"
            FROM (
                SELECT id, graph_version, sum(edges) OVER (ORDER BY id) - edges AS edges_before
                FROM (
                    SELECT id, graph_version, following_count + (SELECT count(*) FROM blocks WHERE blocker_id = users.id) AS edges
                    FROM users WHERE id > {after.Value} ORDER BY id LIMIT {limit}) page) u
            LEFT JOIN LATERAL (
                SELECT followee_id AS other, since, false AS is_block FROM follows WHERE follower_id = u.id
                UNION ALL
                SELECT blocked_id, since, true FROM blocks WHERE blocker_id = u.id) e ON true
            WHERE u.edges_before < {EnoughEdges}
            ORDER BY u.id, e.other
            """).ToListAsync(ct);
        return new GraphPage(
        [
            .. rows.GroupBy(row => (row.Id, row.Version)).Select(user => new UserGraph(
                new UserId(user.Key.Id),
                user.Key.Version,
                [.. user.Where(row => row.IsBlock is false).Select(row => new Followee(new UserId(row.OtherId!.Value), row.Since!.Value))],
                [.. user.Where(row => row.IsBlock is true).Select(row => new UserId(row.OtherId!.Value))])),
        ]);
    }

    private sealed record Row(long Id, long Version, long? OtherId, DateTimeOffset? Since, bool? IsBlock);
}
