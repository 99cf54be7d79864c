using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.UserService.Data;

namespace Pulse.UserService.Tokens;

/// <summary>Who gets tokens, as the account stands in this moment.</summary>
internal sealed record TokenOwner(long Id, string Username, string? PasswordHash, short Role);

/// <summary>
/// The one place that decides who may have tokens. It is asked in the transaction of every login and every renewal, and holds the
/// account until that has committed: a change of the password, a suspension or a deletion writes the account first, so it comes either
/// before, and is seen here, or after, and finds the new token among those it revokes.
/// </summary>
internal sealed class TokenOwners(UserDbContext db)
{
    /// <returns>Null when the account is gone or suspended. A condition on the account that forbids tokens belongs into this statement.</returns>
    public async Task<TokenOwner?> HoldAsync(UserId user, CancellationToken ct)
    {
        var rows = await db.Database.SqlQuery<TokenOwner>(
            $"""
            SELECT id AS "Id", username AS "Username", password_hash AS "PasswordHash", role AS "Role" FROM users
            WHERE id = {user.Value} AND standing <> {(short)AuthorStanding.Suspended}
            FOR SHARE
            """).ToListAsync(ct);
        return rows is [var owner] ? owner : null;
    }
}
