using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.UserService.Data;

namespace Pulse.UserService.Graph;

/// <summary>Reads the graph of a user with its version.</summary>
internal sealed class GraphSnapshots(UserDbContext db, TimeProvider clock)
{
    /// <summary>The snapshot, or null when there is no such user.</summary>
    public async Task<GraphSnapshot?> FindAsync(UserId user, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // One statement sees the version, the follows, the blocks and the mutes of one moment.
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT {(int)Kind.Version} AS "Kind", graph_version AS "Number", created_at AS "Time", false AS "RepostsOnly" FROM users WHERE id = {user.Value}
            UNION ALL
            SELECT {(int)Kind.Followee}, followee_id, since, false FROM follows WHERE follower_id = {user.Value}
            UNION ALL
            SELECT {(int)Kind.Blocked}, blocked_id, since, false FROM blocks WHERE blocker_id = {user.Value}
            UNION ALL
            SELECT {(int)Kind.Blocker}, blocker_id, since, false FROM blocks WHERE blocked_id = {user.Value}
            UNION ALL
            SELECT {(int)Kind.Muted}, muted_id, until, reposts_only FROM mutes WHERE muter_id = {user.Value} AND (until IS NULL OR until > {now})
            ORDER BY 1, 2
            """).ToListAsync(ct);
        if (rows is not [{ Kind: (int)Kind.Version } version, ..]) return null;

        return new GraphSnapshot(
            version.Number,
            [.. rows.Where(row => row.Kind == (int)Kind.Followee).Select(row => new Followee(new UserId(row.Number), row.Time!.Value))],
            Of(rows, Kind.Blocked),
            Of(rows, Kind.Blocker),
            [.. rows.Where(row => row.Kind == (int)Kind.Muted).Select(row => new Mute(new UserId(row.Number), row.Time, row.RepostsOnly))]);
    }

    private static List<UserId> Of(List<Row> rows, Kind kind) =>
        [.. rows.Where(row => row.Kind == (int)kind).Select(row => new UserId(row.Number))];

    private enum Kind
    {
        Version,
        Followee,
        Blocked,
        Blocker,
        Muted,
    }

    /// <param name="Kind">What it tells.</param>
    /// <param name="Number">The version, or a user.</param>
    /// <param name="Time">Since when; of a mute, until when.</param>
    /// <param name="RepostsOnly">Of a mute.</param>
    private sealed record Row(int Kind, long Number, DateTimeOffset? Time, bool RepostsOnly);
}
