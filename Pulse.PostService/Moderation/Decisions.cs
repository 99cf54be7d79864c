using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;

namespace Pulse.PostService.Moderation;

/// <summary>What became of a decision.</summary>
internal enum DecisionOutcome
{
    /// <summary>It stands, and so does the intent to carry it out.</summary>
    Decided,

    /// <summary>It stood already.</summary>
    Known,

    /// <summary>Another one stands.</summary>
    AlreadyResolved,

    UnknownCase,

    /// <summary>It is about a post, and the case is not.</summary>
    NoPost,
}

/// <summary>Decides cases: the decision, its row of the audit log and the intent to carry it out are one transaction. Of two administrators at once one waits for the other.</summary>
internal sealed class Decisions(PostDbContext db, SnowflakeGenerator ids, TimeProvider clock)
{
    private const string Erased = "The account was erased.";

    public async Task<DecisionOutcome> DecideAsync(UserId admin, CaseId id, ModerationAction action, string? note, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if ((await db.Cases.FromSql($"SELECT * FROM report_cases WHERE id = {id.Value} FOR NO KEY UPDATE").ToListAsync(ct)).SingleOrDefault() is not { } row) return DecisionOutcome.UnknownCase;
        if (row.PostId is null && IsAboutPost(action)) return DecisionOutcome.NoPost;
        if (row is { DecisionId: { } decision, Refused: false })
        {
            var last = await db.ModerationEntries.Where(entry => entry.Id == decision).Select(entry => entry.Action).SingleAsync(ct);
            if (last == action) return DecisionOutcome.Known;
            if (!TakesBack(action, last)) return DecisionOutcome.AlreadyResolved;
        }

        Decide(row, admin, action, note);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return DecisionOutcome.Decided;
    }

    /// <summary>Closes the open cases about a user who is gone, and about his posts.</summary>
    public async Task CloseAsync(UserId user, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var open = await db.Cases.FromSql($"SELECT * FROM report_cases WHERE user_id = {user.Value} AND decision_id IS NULL ORDER BY id FOR NO KEY UPDATE").ToListAsync(ct);
        foreach (var row in open) Decide(row, admin: null, ModerationAction.Dismiss, Erased);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private void Decide(ReportCase row, UserId? admin, ModerationAction action, string? note)
    {
        var now = clock.GetUtcNow();
        // Later than the one that it takes back, whatever clock that came from.
        var entry = new ModerationEntry
        {
            Id = ids.Next(above: row.DecisionId ?? 0),
            AdminId = admin?.Value,
            CaseId = row.Id,
            Action = action,
            UserId = row.UserId,
            PostId = row.PostId,
            Note = note,
            At = now,
        };
        db.ModerationEntries.Add(entry);
        (row.DecisionId, row.DueAt, row.Refused) = (entry.Id, action == ModerationAction.Dismiss ? null : now, false);
    }

    private static bool IsAboutPost(ModerationAction action) => action is ModerationAction.LimitPost or ModerationAction.RestorePost or ModerationAction.DeletePost;

    // What nobody else sees nobody reports again: without this a mistake would stand for good.
    private static bool TakesBack(ModerationAction action, ModerationAction last) => (action, last) is
        (ModerationAction.RestorePost, ModerationAction.LimitPost)
        or (ModerationAction.RestoreUser, ModerationAction.LimitUser or ModerationAction.SuspendUser);
}
