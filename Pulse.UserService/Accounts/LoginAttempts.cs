using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;

namespace Pulse.UserService.Accounts;

/// <summary>A row of <c>login_attempts</c>: failures in a window, or a lock until the same instant.</summary>
internal sealed class LoginAttempt
{
    /// <summary>SHA-256 of what is counted: of one size, and no list of addresses.</summary>
    public required byte[] Login { get; init; }

    /// <summary>One more than the limit once an attempt was refused.</summary>
    public required int Failures { get; init; }

    public required DateTimeOffset EndsAt { get; init; }
}

/// <summary>
/// Counts attempts with a wrong password by the name that was submitted, whether or not there is such an account, for all
/// replicas in Postgres. An attempt counts when it begins and not when it has failed: many at the same moment are no more
/// guesses than one after the other.
/// </summary>
internal sealed class LoginAttempts(UserDbContext db, IOptions<LockoutOptions> options, TimeProvider clock)
{
    public const string ProblemType = "/problems/too-many-attempts";

    /// <summary>What attempts to log in with a name or an address are counted under. Names are made up by whoever calls, so none may equal <see cref="ChangeOf"/>.</summary>
    public static string LoginOf(string name) => $"login:{name.ToLowerInvariant()}";

    /// <summary>What tries to change a password with a wrong current one are counted under.</summary>
    public static string ChangeOf(UserId user) => $"change:{user}";

    /// <summary>Counts an attempt.</summary>
    /// <param name="counted"><see cref="LoginOf"/> or <see cref="ChangeOf"/>.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>Null when the password may be looked at, else how long to wait.</returns>
    public async Task<TimeSpan?> BeginAsync(string counted, CancellationToken ct)
    {
        var (key, now) = (KeyOf(counted), clock.GetUtcNow());
        var (limit, windowEnd, lockEnd) = (options.Value.Failures, now + options.Value.Window, now + options.Value.Duration);
        var rows = await db.Database.SqlQuery<Standing>(
            $"""
            INSERT INTO login_attempts AS known (login, failures, ends_at) VALUES ({key}, 1, {(limit == 1 ? lockEnd : windowEnd)})
            ON CONFLICT (login) DO UPDATE SET
                failures = CASE WHEN known.ends_at <= {now} THEN 1 ELSE LEAST(known.failures + 1, {limit} + 1) END,
                ends_at = CASE
                    WHEN known.ends_at <= {now} THEN excluded.ends_at
                    WHEN known.failures + 1 = {limit} THEN {lockEnd}
                    ELSE known.ends_at END
            RETURNING failures AS "Failures", ends_at AS "EndsAt"
            """).ToListAsync(ct);
        return rows is [var standing] && standing.Failures > limit ? standing.EndsAt - now : null;
    }

    /// <summary>Takes back an attempt whose password nobody has looked at. A lock that has come meanwhile stays.</summary>
    public Task TakeBackAsync(string counted, CancellationToken ct)
    {
        var (key, now, limit) = (KeyOf(counted), clock.GetUtcNow(), options.Value.Failures);
        return db.Database.ExecuteSqlAsync(
            $"UPDATE login_attempts SET failures = failures - 1 WHERE login = {key} AND failures BETWEEN 1 AND {limit} AND ends_at > {now}", ct);
    }

    /// <summary>Forgets the failures of every name of an account.</summary>
    public Task ForgetAsync(UserId user, string username, string email, CancellationToken ct)
    {
        byte[][] keys = [KeyOf(LoginOf(username)), KeyOf(LoginOf(email)), KeyOf(ChangeOf(user))];
        return db.Database.ExecuteSqlAsync($"DELETE FROM login_attempts WHERE login = ANY({keys})", ct);
    }

    /// <summary>429, the same for every name.</summary>
    public static ProblemHttpResult Refuse(HttpResponse response, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(new ProblemDetails
        {
            Status = StatusCodes.Status429TooManyRequests,
            Type = ProblemType,
            Detail = $"Too many wrong passwords; try again in {seconds} s, or choose a new password by mail.",
        });
    }

    private static byte[] KeyOf(string counted) => SHA256.HashData(Encoding.UTF8.GetBytes(counted));

    private sealed record Standing(int Failures, DateTimeOffset EndsAt);
}
