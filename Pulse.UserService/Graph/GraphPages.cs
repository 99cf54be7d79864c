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
        // One statement sees the versions and the edges of one moment.
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT u.id AS "Id", u.graph_version AS "Version", f.followee_id AS "FolloweeId", f.since AS "Since"
            FROM (
                SELECT id, graph_version, sum(following_count) OVER (ORDER BY id) - following_count AS edges_before
                FROM (SELECT id, graph_version, following_count FROM users WHERE id > {after.Value} ORDER BY id LIMIT {limit}) page) u
            LEFT JOIN follows f ON f.follower_id = u.id
            WHERE u.edges_before < {EnoughEdges}
            ORDER BY u.id, f.followee_id
            """).ToListAsync(ct);
        return new GraphPage(
        [
            .. rows.GroupBy(row => (row.Id, row.Version)).Select(user => new UserGraph(
                new UserId(user.Key.Id),
                user.Key.Version,
                [.. user.Where(row => row.FolloweeId is not null).Select(row => new Followee(new UserId(row.FolloweeId!.Value), row.Since!.Value))])),
        ]);
    }

    private sealed record Row(long Id, long Version, long? FolloweeId, DateTimeOffset? Since);
}
