using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;

namespace Pulse.UserService.Counts;

/// <summary>A count that is not what its rows say.</summary>
/// <param name="User">Whose.</param>
/// <param name="Followers">Followers that the count lacks; negative for too many.</param>
/// <param name="Following">The same of those whom he follows.</param>
internal sealed record DriftedCount(UserId User, long Followers, long Following);

/// <summary>
/// Recounts the follows of users, a page after the other, and mends what differs. A count changes with its rows in one
/// transaction, so it should never differ; this finds a defect, a restore or a hand in the database.
/// </summary>
internal sealed class CountDrift(UserDbContext db, FollowerCounts counts)
{
    /// <summary>Held by the one who recounts: two that mend the same drift would mend it twice.</summary>
    private const long RecountLock = 0x50554C53_44524654;

    /// <summary>Recounts <paramref name="limit"/> users above <paramref name="after"/> in order of id.</summary>
    /// <returns>The last one, null at the end of all users; and who differed. Nothing is read while another replica recounts.</returns>
    public async Task<(UserId? Last, IReadOnlyList<DriftedCount> Drifted)> RecountAsync(UserId after, int limit, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!(await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({RecountLock}) AS \"Value\"").ToListAsync(ct)).Single()) return (after, []);

        // One statement sees counts and rows of one moment.
        var rows = await db.Database.SqlQuery<Recounted>(
            $"""
            SELECT u.id AS "User",
                (SELECT count(*) FROM follows WHERE followee_id = u.id) - t.followers AS "Followers",
                (SELECT count(*) FROM follows WHERE follower_id = u.id) - u.following_count AS "Following"
            FROM (SELECT id, following_count FROM users WHERE id > {after.Value} ORDER BY id LIMIT {limit}) u
            JOIN follower_totals t ON t.user_id = u.id
            ORDER BY u.id
            """).ToListAsync(ct);
        List<DriftedCount> drifted = [.. rows.Where(row => row.Followers != 0 || row.Following != 0).Select(row => new DriftedCount(new UserId(row.User), row.Followers, row.Following))];
        // By the difference and not to the number: what others commit meanwhile changes count and rows alike.
        foreach (var user in drifted.Where(user => user.Following != 0)) await RepairFollowingAsync(user, ct);
        db.FollowerCountDeltas.AddRange(drifted.Where(user => user.Followers != 0).Select(user => new FollowerCountDelta { UserId = user.User, Step = user.Followers }));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        foreach (var user in drifted.Where(user => user.Followers != 0)) await counts.FoldAsync(user.User, ct);
        return (rows.Count < limit ? null : new UserId(rows[^1].User), drifted);
    }

    // Accounts in order of id, as everywhere.
    private Task RepairFollowingAsync(DriftedCount user, CancellationToken ct) => db.Users
        .Where(row => row.Id == user.User)
        .ExecuteUpdateAsync(set => set.SetProperty(row => row.FollowingCount, row => row.FollowingCount + user.Following), ct);

    private sealed record Recounted(long User, long Followers, long Following);
}
