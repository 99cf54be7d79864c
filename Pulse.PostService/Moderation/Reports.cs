using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;

namespace Pulse.PostService.Moderation;

/// <summary>What is reported: a post, or its author himself.</summary>
internal readonly record struct ReportTarget(UserId User, PostId? Post);

/// <summary>Takes reports into their cases. Any number at once: the database holds one open case per target, and one report per reporter and case.</summary>
internal sealed class Reports(PostDbContext db, SnowflakeGenerator ids, TimeProvider clock)
{
    /// <returns>The report, and whether it is a new one.</returns>
    public async Task<(Report Report, bool IsNew)> FileAsync(UserId reporter, ReportTarget target, ReportReason reason, string? note, CancellationToken ct)
    {
        while (true)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            // None when it was decided in this moment: then the report opens the next one.
            if (await FindOpenAsync(target, ct) is not { } open && (open = await OpenAsync(target, ct)) is null) continue;

            var isNew = await db.Database.ExecuteSqlAsync(
                $"""
                 INSERT INTO reports (id, case_id, reporter_id, reason, note, created_at)
                 VALUES ({ids.Next()}, {open.Id}, {reporter.Value}, {ModerationTables.NameOf(reason)}, {note}, {clock.GetUtcNow()})
                 ON CONFLICT (case_id, reporter_id) DO NOTHING
                 """,
                ct) > 0;
            var report = await db.Reports.AsNoTracking().SingleAsync(row => row.CaseId == open.Id && row.ReporterId == reporter.Value, ct);
            await transaction.CommitAsync(ct);
            return (report, isNew);
        }
    }

    private async Task<ReportCase?> OpenAsync(ReportTarget target, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO report_cases (id, user_id, post_id) VALUES ({ids.Next()}, {target.User.Value}, {target.Post?.Value}) ON CONFLICT DO NOTHING", ct);
        return await FindOpenAsync(target, ct);
    }

    // Shared among reporters; who decides waits for them, and they for him.
    private async Task<ReportCase?> FindOpenAsync(ReportTarget target, CancellationToken ct)
    {
        var found = target.Post is { } post
            ? db.Cases.FromSql($"SELECT * FROM report_cases WHERE post_id = {post.Value} AND decision_id IS NULL FOR SHARE")
            : db.Cases.FromSql($"SELECT * FROM report_cases WHERE user_id = {target.User.Value} AND post_id IS NULL AND decision_id IS NULL FOR SHARE");
        return (await found.AsNoTracking().ToListAsync(ct)).SingleOrDefault();
    }
}
