using Pulse.Contracts;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Posts;

namespace Pulse.PostService.Moderation;

/// <summary>Whether somebody has decided.</summary>
public enum CaseStatus
{
    Open,
    Resolved,
}

/// <summary>A page of cases, the newest first.</summary>
public sealed record CasesPage(IReadOnlyList<CaseResponse> Reports, string? NextCursor, bool HasMore);

/// <summary>All reports of one post or user until they were decided.</summary>
/// <param name="Id">Names the case.</param>
/// <param name="Target">What is reported.</param>
/// <param name="ReportersCount">How many report it, with those who are gone since.</param>
/// <param name="Reasons">How many name each reason.</param>
/// <param name="Notes">What they wrote, the newest first; at most ten.</param>
/// <param name="FirstReportedAt">When the first report came.</param>
/// <param name="LastReportedAt">When the last one came.</param>
/// <param name="Status">open or resolved.</param>
/// <param name="Decision">Null while it is open.</param>
public sealed record CaseResponse(
    CaseId Id,
    CaseTarget Target,
    int ReportersCount,
    IReadOnlyDictionary<string, int> Reasons,
    IReadOnlyList<CaseNote> Notes,
    DateTimeOffset FirstReportedAt,
    DateTimeOffset LastReportedAt,
    CaseStatus Status,
    CaseDecision? Decision);

/// <summary>A post, or else a user.</summary>
public sealed record CaseTarget(CasePost? Post, CaseUser? User);

/// <summary>A reported post as it is, whoever may see it.</summary>
/// <param name="Id">Names the post.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Content">What it says now; empty once its author is erased.</param>
/// <param name="Visibility">Whom it is for.</param>
/// <param name="Limited">Whether its author alone sees it.</param>
/// <param name="Deleted">Whether nobody sees it.</param>
/// <param name="CreatedAt">When it was published.</param>
/// <param name="EditedAt">When it was last edited.</param>
/// <param name="InReplyTo">The post that it answers.</param>
/// <param name="QuoteOf">The post that it quotes.</param>
/// <param name="Media">Its pictures.</param>
/// <param name="Versions">What it said before, oldest first; the last hundred.</param>
public sealed record CasePost(
    PostId Id,
    CaseUser Author,
    string Content,
    PostVisibility Visibility,
    bool Limited,
    bool Deleted,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EditedAt,
    PostId? InReplyTo,
    PostId? QuoteOf,
    IReadOnlyList<MediaResponse> Media,
    IReadOnlyList<PostVersion> Versions);

/// <summary>A user as administrators see him.</summary>
/// <param name="Id">Names him; so does everything else when nobody knows better.</param>
/// <param name="Username">As he writes it.</param>
/// <param name="DisplayName">What is shown beside it.</param>
/// <param name="AvatarUrl">Null for none.</param>
/// <param name="IsCelebrity">Whether very many follow him.</param>
/// <param name="Standing">Null when he is gone, or that can't be had.</param>
public sealed record CaseUser(UserId Id, string Username, string DisplayName, string? AvatarUrl, bool IsCelebrity, AuthorStanding? Standing)
{
    internal static CaseUser From(UserId id, AuthorCard? known)
    {
        var card = known ?? AuthorCard.Unknown(id);
        return new CaseUser(id, card.Username, card.DisplayName, card.AvatarUrl, card.IsCelebrity, known?.Standing);
    }
}

/// <summary>What a reporter wrote.</summary>
public sealed record CaseNote(ReportReason Reason, string Note, DateTimeOffset CreatedAt);

/// <summary>What was decided.</summary>
/// <param name="Action">The last decision.</param>
/// <param name="By">Who decided; null for the system.</param>
/// <param name="At">When.</param>
/// <param name="Note">Why, as far as it was said.</param>
/// <param name="Done">Whether it is carried out; if not it is tried again until it is, unless it is <paramref name="Refused"/>.</param>
/// <param name="Refused">It reached for an administrator, who is out of reach; another decision may follow.</param>
public sealed record CaseDecision(ModerationAction Action, UserId? By, DateTimeOffset At, string? Note, bool Done, bool Refused);

/// <summary>Body of <c>POST /v1/admin/reports/{id}/resolve</c>.</summary>
/// <param name="Action">What to do; that of a post only where one is reported.</param>
/// <param name="Note">Why, for the audit log; at most 500 characters.</param>
public sealed record ResolveRequest(ModerationAction? Action = null, string? Note = null);

/// <summary>A page of the audit log of moderation.</summary>
public sealed record ModerationAuditPage(IReadOnlyList<ModerationAuditEntry> Actions, string? NextCursor, bool HasMore);

/// <param name="Id">Names the entry.</param>
/// <param name="AdminId">Who decided; null for the system.</param>
/// <param name="CaseId">About which case.</param>
/// <param name="Action">What.</param>
/// <param name="PostId">The post that the case is about; null when it is about a user.</param>
/// <param name="UserId">The user that the case is about, or the author of the post.</param>
/// <param name="Note">Why, as far as it was said.</param>
/// <param name="At">When.</param>
public sealed record ModerationAuditEntry(ModerationEntryId Id, UserId? AdminId, CaseId CaseId, ModerationAction Action, PostId? PostId, UserId UserId, string? Note, DateTimeOffset At);
