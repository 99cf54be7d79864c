using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Moderation;

internal static class AdminReportsApi
{
    private const string AlreadyResolved = "/problems/already-resolved";

    public static IEndpointRouteBuilder MapAdminReportsApi(this IEndpointRouteBuilder routes)
    {
        var reports = routes.MapGroup("/v1/admin/reports").WithTags("Moderation").RequireAuthorization(TokenContract.AdminRole)
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        reports.MapGet("", ListCases).WithName("ListReports").WithSummary("Reported posts and users, the newest case first");
        reports.MapGet("/audit", GetAudit).WithName("GetModerationAudit").WithSummary("What was decided, the newest first");
        reports.MapPost("/{id}/resolve", Resolve).WithName("ResolveReport").WithSummary("Decides a case; the same decision again is fine")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        return routes;
    }

    internal static async Task<Results<Ok<CasesPage>, ProblemHttpResult>> ListCases(
        string? status, string? cursor, string? limit, CasePages pages, CancellationToken ct)
    {
        if (!ListRequest.TryRead(cursor, limit, long.MaxValue, out var list, out var problem)) return problem;

        CaseStatus? asked = status switch { null or "open" => CaseStatus.Open, "resolved" => CaseStatus.Resolved, _ => null };
        return asked is { } which ? TypedResults.Ok(await pages.ReadAsync(which, list.Position, list.Limit, ct)) : Problem.Invalid("status", "The status is open or resolved.");
    }

    internal static async Task<Results<Ok<CaseResponse>, ProblemHttpResult>> Resolve(
        CaseId id, ResolveRequest request, ClaimsPrincipal caller, Decisions decisions, Enforcement enforcement, CasePages pages, CancellationToken ct)
    {
        Dictionary<string, string[]> errors = [];
        if (request.Action is null) errors["action"] = [$"A decision has an action: {string.Join(", ", Enum.GetValues<ModerationAction>().Select(ModerationTables.NameOf))}."];
        if (ModerationNote.Error(request.Note) is { } error) errors["note"] = [error];
        if (errors.Count > 0) return Problem.Invalid(errors);

        switch (await decisions.DecideAsync(caller.Id(), id, request.Action!.Value, ModerationNote.Of(request.Note), ct))
        {
            case DecisionOutcome.UnknownCase:
                return Problem.NotFound("There is no such case.");
            case DecisionOutcome.NoPost:
                return Problem.Invalid("action", "This case is about a user, and not about a post.");
            case DecisionOutcome.AlreadyResolved:
                return Problem.Conflict(AlreadyResolved, "Another decision stands.");
            case DecisionOutcome.Decided:
                // It is committed: what follows is done even when the caller has gone.
                await enforcement.CarryOutAsync(id, CancellationToken.None);
                break;
        }

        var decided = (await pages.FindAsync(id, ct))!;
        return decided.Decision is { Refused: true }
            ? TypedResults.Problem("An administrator is out of reach of administrators.", statusCode: StatusCodes.Status403Forbidden)
            : TypedResults.Ok(decided);
    }

    internal static async Task<Results<Ok<ModerationAuditPage>, ProblemHttpResult>> GetAudit(string? cursor, string? limit, PostDbContext db, CancellationToken ct)
    {
        if (!ListRequest.TryRead(cursor, limit, long.MaxValue, out var list, out var problem)) return problem;

        // One more than asked for tells whether there is a next page.
        var rows = await db.ModerationEntries.AsNoTracking().Where(entry => entry.Id < list.Position).OrderByDescending(entry => entry.Id).Take(list.Limit + 1).ToListAsync(ct);
        var hasMore = rows.Count > list.Limit;
        var shown = rows.Take(list.Limit).ToList();
        return TypedResults.Ok(new ModerationAuditPage([.. shown.Select(Show)], hasMore ? new KeysetCursor(shown[^1].Id).Encode() : null, hasMore));
    }

    private static ModerationAuditEntry Show(ModerationEntry entry) => new(
        new ModerationEntryId(entry.Id),
        entry.AdminId is { } admin ? new UserId(admin) : null,
        new CaseId(entry.CaseId),
        entry.Action,
        entry.PostId is { } post ? new PostId(post) : null,
        new UserId(entry.UserId),
        entry.Note,
        entry.At);
}
