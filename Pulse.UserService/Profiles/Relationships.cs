using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;

namespace Pulse.UserService.Profiles;

/// <summary>How one user and others stand to each other, by one query for all of them.</summary>
internal sealed class Relationships(UserDbContext db, TimeProvider clock)
{
    public async Task<RelationshipResponse> OfAsync(UserId viewer, UserId other, CancellationToken ct) =>
        (await OfAsync(viewer, [other], ct))[other];

    public async Task<IReadOnlyDictionary<UserId, RelationshipResponse>> OfAsync(UserId viewer, IReadOnlyCollection<UserId> others, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var ids = others.Select(other => other.Value).ToArray();
        var ties = await db.Database.SqlQuery<Tie>(
            $"""
            SELECT followee_id AS "Other", {(int)Kind.Following} AS "Kind" FROM follows WHERE follower_id = {viewer.Value} AND followee_id = ANY({ids})
            UNION ALL
            SELECT follower_id, {(int)Kind.FollowedBy} FROM follows WHERE followee_id = {viewer.Value} AND follower_id = ANY({ids})
            UNION ALL
            SELECT blocked_id, {(int)Kind.Blocking} FROM blocks WHERE blocker_id = {viewer.Value} AND blocked_id = ANY({ids})
            UNION ALL
            SELECT blocker_id, {(int)Kind.BlockedBy} FROM blocks WHERE blocked_id = {viewer.Value} AND blocker_id = ANY({ids})
            UNION ALL
            SELECT target_id, {(int)Kind.Requested} FROM follow_requests WHERE requester_id = {viewer.Value} AND target_id = ANY({ids})
            UNION ALL
            SELECT muted_id, {(int)Kind.Muting} FROM mutes WHERE muter_id = {viewer.Value} AND muted_id = ANY({ids}) AND (until IS NULL OR until > {now})
            UNION ALL
            SELECT followee_id, {(int)Kind.Notifying} FROM follows WHERE follower_id = {viewer.Value} AND followee_id = ANY({ids}) AND notify
            UNION ALL
            SELECT target_id, {(int)Kind.Notifying} FROM follow_requests WHERE requester_id = {viewer.Value} AND target_id = ANY({ids}) AND notify
            """).ToListAsync(ct);
        var known = ties.ToHashSet();
        return others.ToDictionary(other => other, other => new RelationshipResponse(
            Following: Has(other, Kind.Following),
            FollowedBy: Has(other, Kind.FollowedBy),
            Requested: Has(other, Kind.Requested),
            Blocking: Has(other, Kind.Blocking),
            BlockedBy: Has(other, Kind.BlockedBy),
            Muting: Has(other, Kind.Muting),
            Notifying: Has(other, Kind.Notifying)));

        bool Has(UserId other, Kind kind) => known.Contains(new Tie(other.Value, (int)kind));
    }

    private enum Kind
    {
        Following,
        FollowedBy,
        Blocking,
        BlockedBy,
        Requested,
        Muting,
        Notifying,
    }

    private sealed record Tie(long Other, int Kind);
}
