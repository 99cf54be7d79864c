using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.UserService.Data;

namespace Pulse.UserService.Discovery;

/// <summary>
/// Finds users by the beginning of their name, by the beginning of a word of their display name, or by names that look alike (trigrams).
/// The user of exactly that name comes first; then the nearest in the graph (followed, followed by somebody followed, others), within a
/// distance those that begin so before those that look alike, and within that those with the most followers.
/// </summary>
internal sealed class UserSearch(UserDbContext db)
{
    public const int MaxLength = 50;

    // Of a beginning that very many share, so many are ranked, and besides all whom the viewer follows.
    private const int MaxBeginnings = 1_000;
    private const int MaxLookalikes = 200;

    // One or two letters look like everything.
    private const int MinLookalike = 3;

    /// <param name="text">One to <see cref="MaxLength"/> characters.</param>
    /// <param name="viewer">Whose graph ranks, and who does not find those whom a block keeps apart from him.</param>
    /// <param name="page">Which part of the list.</param>
    /// <param name="ct">Ends the call.</param>
    public async Task<IReadOnlyList<RankedUser>> FindAsync(string text, UserId viewer, RankedPageRequest page, CancellationToken ct)
    {
        var beginning = Escape(text) + "%";
        var word = "% " + beginning;
        var looksAlike = text.Length >= MinLookalike;
        var ((rank, weight, last), wanted, me) = (page.After, page.Wanted, viewer.Value);
        return await db.Database.SqlQuery<RankedUser>(
            $"""
            WITH near AS (
                SELECT followee_id AS id FROM follows WHERE follower_id = {me}),
            further AS MATERIALIZED (
                SELECT DISTINCT theirs.followee_id AS id
                FROM (SELECT id FROM near ORDER BY id DESC LIMIT {Neighbourhood.Followees}) n,
                    LATERAL (SELECT followee_id FROM follows WHERE follower_id = n.id ORDER BY followee_id DESC LIMIT {Neighbourhood.OfEach}) theirs),
            named AS (
                (SELECT id FROM users
                WHERE lower(username) LIKE lower({beginning}) OR lower(display_name) LIKE lower({beginning}) OR lower(display_name) LIKE lower({word})
                LIMIT {MaxBeginnings})
                UNION
                SELECT u.id FROM near JOIN users u USING (id)
                WHERE lower(username) LIKE lower({beginning}) OR lower(display_name) LIKE lower({beginning}) OR lower(display_name) LIKE lower({word})),
            found AS (
                SELECT id, 0 AS lookalike FROM named
                UNION ALL
                (SELECT id, 1 FROM users
                WHERE {looksAlike} AND (lower(username) % lower({text}) OR lower(display_name) % lower({text})) AND id NOT IN (SELECT id FROM named)
                LIMIT {MaxLookalikes})),
            ranked AS (
                SELECT u.id AS "Id",
                    CASE
                        WHEN lower(u.username) = lower({text}) THEN 0
                        WHEN u.id = {me} OR u.id IN (SELECT id FROM near) THEN 2
                        WHEN u.id IN (SELECT id FROM further) THEN 4
                        ELSE 6
                    END::bigint + found.lookalike AS "Rank",
                    t.followers AS "Weight"
                FROM found JOIN users u ON u.id = found.id JOIN follower_totals t ON t.user_id = u.id
                WHERE (u.standing = {(short)AuthorStanding.Active} OR u.id = {me} OR (u.standing = {(short)AuthorStanding.Limited} AND u.id IN (SELECT id FROM near)))
                    AND NOT EXISTS (SELECT FROM blocks WHERE (blocker_id = {me} AND blocked_id = u.id) OR (blocker_id = u.id AND blocked_id = {me})))
            SELECT "Id", "Rank", "Weight" FROM ranked
            WHERE "Rank" > {rank} OR ("Rank" = {rank} AND ("Weight" < {weight} OR ("Weight" = {weight} AND "Id" < {last})))
            ORDER BY "Rank", "Weight" DESC, "Id" DESC
            LIMIT {wanted}
            """).ToListAsync(ct);
    }

    // What LIKE would take for a pattern is looked for as it stands.
    private static string Escape(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
}

/// <summary>How far into the graph a search or a suggestion looks: bounds of the work, for somebody who follows thousands.</summary>
internal static class Neighbourhood
{
    public const int Followees = 200;
    public const int OfEach = 200;
}
