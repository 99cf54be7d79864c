using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;

namespace Pulse.UserService.Profiles;

/// <summary>How one user and others stand to each other, by one query for all of them.</summary>
internal sealed class Relationships(UserDbContext db)
{
    public async Task<RelationshipResponse> OfAsync(UserId viewer, UserId other, CancellationToken ct) =>
        (await OfAsync(viewer, [other], ct))[other];

    public async Task<IReadOnlyDictionary<UserId, RelationshipResponse>> OfAsync(UserId viewer, IReadOnlyCollection<UserId> others, CancellationToken ct)
    {
        var ids = others.Select(other => other.Value).ToArray();
        var edges = await db.Database.SqlQuery<Edge>(
            $"""
            SELECT followee_id AS "Other", true AS "Following" FROM follows WHERE follower_id = {viewer.Value} AND followee_id = ANY({ids})
            UNION ALL
            SELECT follower_id, false FROM follows WHERE followee_id = {viewer.Value} AND follower_id = ANY({ids})
            """).ToListAsync(ct);
        var following = edges.Where(edge => edge.Following).Select(edge => edge.Other).ToHashSet();
        var followedBy = edges.Where(edge => !edge.Following).Select(edge => edge.Other).ToHashSet();
        return others.ToDictionary(other => other, other => RelationshipResponse.Of(following.Contains(other.Value), followedBy.Contains(other.Value)));
    }

    private sealed record Edge(long Other, bool Following);
}
