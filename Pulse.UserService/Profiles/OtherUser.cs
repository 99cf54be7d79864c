using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Data;

namespace Pulse.UserService.Profiles;

/// <summary>What every call refuses that sets the caller in relation to another user.</summary>
internal static class OtherUser
{
    /// <summary>A refusal when the other is the caller himself or nobody, or when the caller's account is gone.</summary>
    public static async Task<ProblemHttpResult?> RefuseAsync(UserId caller, UserId other, string himself, UserDbContext db, CancellationToken ct)
    {
        if (caller == other) return Problem.Invalid("id", himself);

        // A closed account is gone for everybody, though its row stands until it is erased: an edge to it would only be in the way of that.
        var known = await db.Users
            .Where(user => (user.Id == other && !db.Erasures.Any(erasure => erasure.UserId == other)) || (user.Id == caller && user.Standing != AuthorStanding.Suspended))
            .Select(user => user.Id)
            .ToListAsync(ct);
        if (!known.Contains(other)) return ProfilesApi.UnknownUser();
        return known.Contains(caller) ? null : Problem.Unauthorized("The account of this token exists no more.");
    }
}
