using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Posts;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Moderation;

/// <summary>Cases as administrators see them: no rule of visibility is asked. So many queries for a page as for one.</summary>
internal sealed class CasePages(PostDbContext db, Snapshots snapshots, AuthorCards cards)
{
    private const int MaxNotes = 10;

    public async Task<CasesPage> ReadAsync(CaseStatus status, long before, int limit, CancellationToken ct)
    {
        var cases = db.Cases.AsNoTracking().Where(row => row.Id < before);
        cases = status == CaseStatus.Open ? cases.Where(row => row.DecisionId == null) : cases.Where(row => row.DecisionId != null);
        // One more than asked for tells whether there is a next page.
        var rows = await cases.OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(ct);
        var hasMore = rows.Count > limit;
        var shown = await ShowAsync([.. rows.Take(limit)], ct);
        return new CasesPage(shown, hasMore ? new KeysetCursor(shown[^1].Id.Value).Encode() : null, hasMore);
    }

    /// <summary>One case; null when there is none.</summary>
    public async Task<CaseResponse?> FindAsync(CaseId id, CancellationToken ct) =>
        await db.Cases.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id.Value, ct) is { } row ? (await ShowAsync([row], ct))[0] : null;

    private async Task<IReadOnlyList<CaseResponse>> ShowAsync(IReadOnlyList<ReportCase> cases, CancellationToken ct)
    {
        if (cases.Count == 0) return [];

        long[] ids = [.. cases.Select(row => row.Id)];
        var tallies = (await db.Reports.Where(report => ids.Contains(report.CaseId))
                .GroupBy(report => new { report.CaseId, report.Reason })
                .Select(group => new { group.Key.CaseId, group.Key.Reason, Count = group.Count(), First = group.Min(report => report.CreatedAt), Last = group.Max(report => report.CreatedAt) })
                .ToListAsync(ct))
            .ToLookup(tally => tally.CaseId);
        var notes = (await db.Cases.Where(row => ids.Contains(row.Id))
                .SelectMany(row => db.Reports.Where(report => report.CaseId == row.Id && report.Note != null).OrderByDescending(report => report.Id).Take(MaxNotes))
                .AsNoTracking()
                .ToListAsync(ct))
            .ToLookup(report => report.CaseId);
        long[] decisionIds = [.. cases.Select(row => row.DecisionId).OfType<long>()];
        var decisions = await db.ModerationEntries.AsNoTracking().Where(entry => decisionIds.Contains(entry.Id)).ToDictionaryAsync(entry => entry.Id, ct);
        var users = await UsersAsync([.. cases.Select(row => new UserId(row.UserId)).Distinct()], ct);
        var posts = await PostsAsync([.. cases.Select(row => row.PostId).OfType<long>()], users, ct);

        return [.. cases.Select(row => new CaseResponse(
            new CaseId(row.Id),
            row.PostId is { } post ? new CaseTarget(posts[post], User: null) : new CaseTarget(Post: null, users[row.UserId]),
            tallies[row.Id].Sum(tally => tally.Count),
            tallies[row.Id].OrderByDescending(tally => tally.Count).ToDictionary(tally => ModerationTables.NameOf(tally.Reason), tally => tally.Count),
            [.. notes[row.Id].OrderByDescending(report => report.Id).Select(report => new CaseNote(report.Reason, report.Note!, report.CreatedAt))],
            tallies[row.Id].Min(tally => tally.First),
            tallies[row.Id].Max(tally => tally.Last),
            row.DecisionId is null ? CaseStatus.Open : CaseStatus.Resolved,
            row.DecisionId is { } decision ? DecisionOf(row, decisions[decision]) : null))];
    }

    private async Task<Dictionary<long, CasePost>> PostsAsync(long[] ids, Dictionary<long, CaseUser> users, CancellationToken ct)
    {
        if (ids.Length == 0) return [];

        var rows = await db.Posts.AsNoTracking().Where(post => ids.Contains(post.Id)).ToListAsync(ct);
        var edits = (await db.Posts.Where(post => ids.Contains(post.Id))
                .SelectMany(post => db.Edits.Where(edit => edit.PostId == post.Id).OrderByDescending(edit => edit.Revision).Take(PostVersions.Max))
                .AsNoTracking()
                .ToListAsync(ct))
            .ToLookup(edit => edit.PostId);
        return rows.ToDictionary(row => row.Id, row =>
        {
            var post = snapshots.Of(row);
            return new CasePost(
                post.Id, users[row.AuthorId], post.Content, post.Visibility, post.Limited, row.DeletedAt is not null, post.CreatedAt, post.EditedAt, post.InReplyTo, post.QuoteOf,
                [.. (post.Media ?? []).Select(MediaResponse.From)],
                [.. edits[row.Id].OrderBy(edit => edit.Revision).Select(edit => new PostVersion(edit.Content, edit.WrittenAt))]);
        });
    }

    private async Task<Dictionary<long, CaseUser>> UsersAsync(IReadOnlyList<UserId> ids, CancellationToken ct)
    {
        IReadOnlyDictionary<UserId, AuthorCard> known = new Dictionary<UserId, AuthorCard>();
        try
        {
            known = await cards.FindManyAsync(ids, ct);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            // Posts are judged by what they say; ids name their authors meanwhile.
        }

        return ids.ToDictionary(id => id.Value, id => CaseUser.From(id, known.GetValueOrDefault(id)));
    }

    private static CaseDecision DecisionOf(ReportCase row, ModerationEntry entry) =>
        new(entry.Action, entry.AdminId is { } admin ? new UserId(admin) : null, entry.At, entry.Note, Done: row.DueAt is null && !row.Refused, row.Refused);
}
