using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Follows;

/// <summary>Keeps the counts of followers and who is a celebrity by them, and shows who became one or is none any more.</summary>
internal sealed partial class FollowerCounts(UserDbContext db, AuthorCards cards, IOptions<CelebrityOptions> celebrities, ILogger<FollowerCounts> logger)
{
    /// <summary>Changes a count and locks it. Only at the end of a transaction, and of several users in order of id.</summary>
    public async Task<Audience> AddAsync(UserId user, int step, CancellationToken ct)
    {
        var (limit, keep) = (celebrities.Value.PushFollowerLimit, celebrities.Value.KeepLimit);
        // What stood there is read under the lock of the update: of two at once, exactly one sees the flip. Whoever is over the limit
        // without a record of it (the limit was lowered, or he is older than the record) counts as a celebrity before the step too.
        var rows = await db.Database.SqlQuery<Audience>(
            $"""
            UPDATE follower_counts c
            SET followers = c.followers + {step}, is_celebrity = c.followers + {step} >= CASE WHEN old.was THEN {keep} ELSE {limit} END
            FROM (
                SELECT user_id, is_celebrity AND followers >= {keep} OR followers >= {limit} AS was
                FROM follower_counts WHERE user_id = {user.Value} FOR UPDATE) old
            WHERE c.user_id = old.user_id
            RETURNING c.followers AS "Followers", c.is_celebrity <> old.was AS "Flipped"
            """).ToListAsync(ct);
        return rows.Single();
    }

    /// <summary>Call after the commit of <see cref="AddAsync"/>.</summary>
    public async Task ShowAsync(UserId user, Audience audience, CancellationToken ct)
    {
        if (!audience.Flipped) return;

        LogFlipped(user, audience.Followers);
        await cards.RaiseAsync(user, ct);
    }

    [LoggerMessage(3401, LogLevel.Information, "User {User} crossed the celebrity limit and has {Followers} followers now")]
    private partial void LogFlipped(UserId user, long followers);
}

/// <summary>A count after its change.</summary>
/// <param name="Followers">The followers there are.</param>
/// <param name="Flipped">The user became a celebrity by it, or is none any more.</param>
internal sealed record Audience(long Followers, bool Flipped);
