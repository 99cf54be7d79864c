namespace Pulse.PostService.Moderation;

/// <summary>Why somebody reports a post or a user.</summary>
public enum ReportReason
{
    Spam,
    Abuse,
    Violence,
    Sexual,
    SelfHarm,
    Illegal,
    Impersonation,
    Other,
}

/// <summary>What an administrator decides about a case.</summary>
public enum ModerationAction
{
    Dismiss,
    LimitPost,
    RestorePost,
    DeletePost,
    LimitUser,
    SuspendUser,
    RestoreUser,
}

/// <summary>All reports of one post, or of one user, until somebody decides; a row of <c>report_cases</c>. One is open at a time.</summary>
internal sealed class ReportCase
{
    public required long Id { get; init; }

    /// <summary>Whom it is about: the user himself, or the author of the post.</summary>
    public required long UserId { get; init; }

    /// <summary>Null when the user himself is reported.</summary>
    public long? PostId { get; init; }

    /// <summary>The last <see cref="ModerationEntry"/> that decided it; null while it is open.</summary>
    public long? DecisionId { get; set; }

    /// <summary>When the decision is to be carried out, or tried again; null when there is nothing left to do.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Whether the decision cannot be carried out; another one may follow it.</summary>
    public bool Refused { get; set; }
}

/// <summary>What one user reported; a row of <c>reports</c>.</summary>
internal sealed class Report
{
    public required long Id { get; init; }

    public required long CaseId { get; init; }

    /// <summary>Null when his account is gone.</summary>
    public long? ReporterId { get; init; }

    public required ReportReason Reason { get; init; }

    public string? Note { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A decision; a row of <c>moderation_actions</c>, which are never changed and outlive whom they are about.</summary>
internal sealed class ModerationEntry
{
    public required long Id { get; init; }

    /// <summary>Null for the system itself.</summary>
    public long? AdminId { get; init; }

    public required long CaseId { get; init; }

    public required ModerationAction Action { get; init; }

    public required long UserId { get; init; }

    public long? PostId { get; init; }

    public string? Note { get; init; }

    public required DateTimeOffset At { get; init; }
}
