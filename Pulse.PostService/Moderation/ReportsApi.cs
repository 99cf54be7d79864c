using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Publishing;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Moderation;

/// <summary>Body of <c>POST /v1/reports</c>; it names a post or a user.</summary>
/// <param name="PostId">A post that the caller may see; a repost stands for what it shows.</param>
/// <param name="UserId">Somebody else.</param>
/// <param name="Reason">Why.</param>
/// <param name="Note">What else there is to say, for administrators; at most 500 characters.</param>
public sealed record ReportRequest(PostId? PostId = null, UserId? UserId = null, ReportReason? Reason = null, string? Note = null)
{
    internal bool IsValid(UserId reporter, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        Dictionary<string, string[]> errors = [];
        if (PostId is null == UserId is null) errors[PostId is null ? "post_id" : "user_id"] = ["A report names either a post or a user."];
        else if (UserId == reporter) errors["user_id"] = ["Nobody reports himself."];
        if (Reason is null) errors["reason"] = [$"A report has a reason: {string.Join(", ", Enum.GetValues<ReportReason>().Select(ModerationTables.NameOf))}."];
        if (ModerationNote.Error(Note) is { } error) errors["note"] = [error];
        problem = errors.Count == 0 ? null : Problem.Invalid(errors);
        return problem is null;
    }
}

/// <summary>A report of the caller's.</summary>
public sealed record ReportResponse(ReportId Id, PostId? PostId, UserId? UserId, ReportReason Reason, DateTimeOffset CreatedAt);

/// <summary>Notes of reporters and of administrators.</summary>
internal static class ModerationNote
{
    private const int MaxLength = 500;

    /// <returns>Null when it is fine.</returns>
    public static string? Error(string? note) => Of(note) switch
    {
        { Length: > MaxLength } => $"A note has at most {MaxLength} characters.",
        // Postgres cannot store it.
        { } text when text.Contains('\0') => "A note must not contain U+0000.",
        _ => null,
    };

    public static string? Of(string? note) => string.IsNullOrWhiteSpace(note) ? null : note.Trim();
}

internal static class ReportsApi
{
    public static IEndpointRouteBuilder MapReportsApi(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/reports", FileReport).WithName("FileReport").WithTags("Moderation").WithSummary("Tells the administrators of a post or a user; again is fine")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    internal static async Task<Results<Created<ReportResponse>, Ok<ReportResponse>, ProblemHttpResult>> FileReport(
        ReportRequest request,
        ClaimsPrincipal caller, PostDbContext db, References references, AuthorCards cards, Reports reports, CancellationToken ct)
    {
        if (!request.IsValid(caller.Id(), out var problem)) return problem;

        var found = request.PostId is { } post ? await PostAsync(post, caller, db, references, ct) : await UserAsync(request.UserId!.Value, cards, ct);
        if (found is not { } target) return Problem.NotFound(request.PostId is null ? "There is no such user." : "There is no such post, or the caller may not see it.");
        if (target.User == caller.Id()) return Problem.Invalid("post_id", "Nobody reports his own post.");

        var (report, isNew) = await reports.FileAsync(caller.Id(), target, request.Reason!.Value, ModerationNote.Of(request.Note), ct);
        var answer = new ReportResponse(new ReportId(report.Id), target.Post, target.Post is null ? target.User : null, report.Reason, report.CreatedAt);
        return isNew ? TypedResults.Created((string?)null, answer) : TypedResults.Ok(answer);
    }

    // An administrator opens a case also about what he does not see as a reader: a post that was limited as it came, say.
    private static async Task<ReportTarget?> PostAsync(PostId id, ClaimsPrincipal caller, PostDbContext db, References references, CancellationToken ct)
    {
        if (caller.IsInRole(TokenContract.AdminRole))
        {
            return await db.Posts.AsNoTracking().FirstOrDefaultAsync(post => post.Id == id.Value && post.DeletedAt == null, ct) is { } row
                ? new ReportTarget(new UserId(row.RepostOfAuthor ?? row.AuthorId), new PostId(row.ContentId))
                : null;
        }

        return await references.ContentAsync(caller.Id(), id, ct) is { } shown ? new ReportTarget(shown.Post.AuthorId, shown.Post.Id) : null;
    }

    private static async Task<ReportTarget?> UserAsync(UserId id, AuthorCards cards, CancellationToken ct) =>
        await cards.FindAsync(id, ct) is { } card && ProfileVisibilityRules.CanSee(new ViewerStand(IsSelf: false, Follows: false), card.Standing)
            ? new ReportTarget(id, Post: null)
            : null;
}
