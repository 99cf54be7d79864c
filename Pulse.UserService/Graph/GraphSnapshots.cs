using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.UserService.Data;

namespace Pulse.UserService.Graph;

/// <summary>Reads the graph of a user with its version.</summary>
internal sealed class GraphSnapshots(UserDbContext db)
{
    /// <summary>The snapshot, or null when there is no such user.</summary>
    public async Task<GraphSnapshot?> FindAsync(UserId user, CancellationToken ct)
    {
        // One statement sees the version, the follows and the blocks of one moment.
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT {(int)Kind.Version} AS "Kind", graph_version AS "Number", created_at AS "Since" FROM users WHERE id = {user.Value}
            UNION ALL
            SELECT {(int)Kind.Followee}, followee_id, since FROM follows WHERE follower_id = {user.Value}
            UNION ALL
            SELECT {(int)Kind.Blocked}, blocked_id, since FROM blocks WHERE blocker_id = {user.Value}
            UNION ALL
            SELECT {(int)Kind.Blocker}, blocker_id, since FROM blocks WHERE blocked_id = {user.Value}
            ORDER BY 1, 2
            """).ToListAsync(ct);
        if (rows is not [{ Kind: (int)Kind.Version } version, ..]) return null;

        return new GraphSnapshot(
            version.Number,
            [.. rows.Where(row => row.Kind == (int)Kind.Followee).Select(row => new Followee(new UserId(row.Number), row.Since))],
            Of(rows, Kind.Blocked),
            Of(rows, Kind.Blocker));
    }

    private static List<UserId> Of(List<Row> rows, Kind kind) =>
        [.. rows.Where(row => row.Kind == (int)kind).Select(row => new UserId(row.Number))];

    private enum Kind
    {
        Version,
        Followee,
        Blocked,
        Blocker,
    }

    private sealed record Row(int Kind, long Number, DateTimeOffset Since);
}
