using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Counts;

/// <summary>
/// Keeps the counts of followers and who is a celebrity by them, and shows who became one or is none any more. Nobody waits for
/// a count: whoever finds its row in other hands writes his step beside it, and it is folded in a moment later. Row and steps
/// together are exact at any moment, since each commits with its follow.
/// </summary>
internal sealed partial class FollowerCounts(
    UserDbContext db,
    AuthorCards cards,
    FollowerCountSignal signal,
    IOptions<CelebrityOptions> celebrities,
    ILogger<FollowerCounts> logger)
{
    /// <summary>Changes a count, as the last thing in a transaction: the row is held until its end.</summary>
    public async Task<Audience> AddAsync(UserId user, int step, CancellationToken ct)
    {
        if (await TryAddAsync(user, step, ct) is { } audience) return audience;

        db.FollowerCountDeltas.Add(new FollowerCountDelta { UserId = user, Step = step });
        await db.SaveChangesAsync(ct);
        return Audience.Unfolded;
    }

    /// <summary>Call after the commit of <see cref="AddAsync"/>.</summary>
    public async Task ShowAsync(UserId user, Audience audience, CancellationToken ct)
    {
        if (audience == Audience.Unfolded) signal.Wake();
        if (!audience.Flipped) return;

        LogFlipped(user, audience.Followers);
        await cards.RaiseAsync(user, ct);
    }

    /// <summary>Takes the steps that stand beside a count into it, unless somebody has it in his hands.</summary>
    public async Task FoldAsync(UserId user, CancellationToken ct)
    {
        if (await TryAddAsync(user, 0, ct) is { } audience) await ShowAsync(user, audience, ct);
    }

    /// <summary>Whose steps stand beside their counts.</summary>
    public Task<List<UserId>> UnfoldedAsync(CancellationToken ct) => db.FollowerCountDeltas.Select(delta => delta.UserId).Distinct().ToListAsync(ct);

    /// <returns>Null when the row is in other hands.</returns>
    private async Task<Audience?> TryAddAsync(UserId user, int step, CancellationToken ct)
    {
        var (limit, keep) = (celebrities.Value.PushFollowerLimit, celebrities.Value.KeepLimit);
        // What stood there is read under the lock of the row: of two at once, exactly one sees the flip. Whoever is over the limit
        // without a record of it (the limit was lowered, or he is older than the record) counts as a celebrity before the step too.
        // Only who has the row deletes steps, so none is taken twice; one that this statement does not see yet stays for the next.
        var rows = await db.Database.SqlQuery<Audience>(
            $"""
            WITH held AS (
                SELECT user_id, is_celebrity AND followers >= {keep} OR followers >= {limit} AS was
                FROM follower_counts WHERE user_id = {user.Value} FOR UPDATE SKIP LOCKED),
            folded AS (
                DELETE FROM follower_count_deltas WHERE user_id = (SELECT user_id FROM held) RETURNING step),
            change AS (
                SELECT (SELECT coalesce(sum(step), 0) FROM folded)::bigint + {step} AS step)
            UPDATE follower_counts c
            SET followers = c.followers + change.step, is_celebrity = c.followers + change.step >= CASE WHEN held.was THEN {keep} ELSE {limit} END
            FROM held, change
            WHERE c.user_id = held.user_id
            RETURNING c.followers AS "Followers", c.is_celebrity <> held.was AS "Flipped"
            """).ToListAsync(ct);
        return rows.SingleOrDefault();
    }

    [LoggerMessage(3401, LogLevel.Information, "User {User} crossed the celebrity limit and has {Followers} followers now")]
    private partial void LogFlipped(UserId user, long followers);
}

/// <summary>A count after its change.</summary>
/// <param name="Followers">The followers there are.</param>
/// <param name="Flipped">The user became a celebrity by it, or is none any more.</param>
internal sealed record Audience(long Followers, bool Flipped)
{
    /// <summary>The change stands beside the count, and what comes of it shows when it is folded.</summary>
    public static readonly Audience Unfolded = new(Followers: -1, Flipped: false);
}
