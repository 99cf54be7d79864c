using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.UserService.Data;

namespace Pulse.UserService.Graph;

/// <summary>Everybody's graph, a page at a time: what the projection of the timelines is refilled from.</summary>
internal sealed class GraphPages(UserDbContext db, TimeProvider clock)
{
    // A page ends with the user who passes it, so that a graph is never cut.
    private const int EnoughEdges = 2_000;

    public async Task<GraphPage> ReadAsync(UserId after, int limit, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // One statement sees the versions, the follows, the blocks and the mutes of one moment.
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT u.id AS "Id", u.graph_version AS "Version", e.other AS "OtherId", e.time AS "Time", e.kind AS "Kind", e.flag AS "Flag"
            FROM (
                SELECT id, graph_version, sum(edges) OVER (ORDER BY id) - edges AS edges_before
                FROM (
                    SELECT id, graph_version, following_count + (SELECT count(*) FROM blocks WHERE blocker_id = users.id) + (SELECT count(*) FROM mutes WHERE muter_id = users.id) AS edges
                    FROM users WHERE id > {after.Value} ORDER BY id LIMIT {limit}) page) u
            LEFT JOIN LATERAL (
                SELECT {(int)Kind.Follow} AS kind, followee_id AS other, since AS time, notify AS flag FROM follows WHERE follower_id = u.id
                UNION ALL
                SELECT {(int)Kind.Block}, blocked_id, since, false FROM blocks WHERE blocker_id = u.id
                UNION ALL
                SELECT {(int)Kind.Mute}, muted_id, until, reposts_only FROM mutes WHERE muter_id = u.id AND (until IS NULL OR until > {now})) e ON true
            WHERE u.edges_before < {EnoughEdges}
            ORDER BY u.id, e.other
            """).ToListAsync(ct);
        return new GraphPage(
        [
            .. rows.GroupBy(row => (row.Id, row.Version)).Select(user => new UserGraph(
                new UserId(user.Key.Id),
                user.Key.Version,
                [.. Of(user, Kind.Follow).Select(row => new Followee(new UserId(row.OtherId!.Value), row.Time!.Value))],
                [.. Of(user, Kind.Block).Select(row => new UserId(row.OtherId!.Value))],
                [.. Of(user, Kind.Mute).Select(row => new Mute(new UserId(row.OtherId!.Value), row.Time, row.Flag!.Value))],
                [.. Of(user, Kind.Follow).Where(row => row.Flag!.Value).Select(row => new UserId(row.OtherId!.Value))])),
        ]);
    }

    private static IEnumerable<Row> Of(IEnumerable<Row> user, Kind kind) => user.Where(row => row.Kind == (int)kind);

    private enum Kind
    {
        Follow,
        Block,
        Mute,
    }

    /// <param name="Id">Whose graph.</param>
    /// <param name="Version">Its version.</param>
    /// <param name="OtherId">Whom it is about; null, like the rest, for a user without edges.</param>
    /// <param name="Time">Since when; of a mute, until when.</param>
    /// <param name="Kind">What it tells.</param>
    /// <param name="Flag">Of a follow, whether he wants to be told of every post; of a mute, whether it is for reposts alone.</param>
    private sealed record Row(long Id, long Version, long? OtherId, DateTimeOffset? Time, int? Kind, bool? Flag);
}
