using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;
using Pulse.UserService.Follows;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Administration;

internal static class AdministrationApi
{
    private const int MaxReason = 500;

    public static void MapAdministrationApi(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/v1/admin").WithTags("Admin").RequireAuthorization(TokenContract.AdminRole)
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        var users = admin.MapGroup("/users/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        users.MapPost("/suspend", Suspend).WithName("SuspendUser").WithSummary("Ends every login of a user and hides him and all that is his");
        users.MapPost("/limit", Limit).WithName("LimitUser").WithSummary("Shows the posts of a user to his followers only");
        users.MapPost("/restore", Restore).WithName("RestoreUser").WithSummary("Ends a suspension or a limit");
        admin.MapGet("/audit", GetAudit).WithName("GetAdminAudit").WithSummary("What administrators did, the newest first");

        var appointments = routes.MapInternalGroup().MapGroup("/admins/{name}");
        appointments.MapPut("", Appoint);
        appointments.MapDelete("", Dismiss);
    }

    internal static Task<Results<Ok<StandingResponse>, ProblemHttpResult>> Suspend(
        UserId id, StandingRequest? request, ClaimsPrincipal caller, Standings standings, CancellationToken ct) =>
        ChangeAsync(id, AuthorStanding.Suspended, request, caller, standings, ct);

    internal static Task<Results<Ok<StandingResponse>, ProblemHttpResult>> Limit(
        UserId id, StandingRequest? request, ClaimsPrincipal caller, Standings standings, CancellationToken ct) =>
        ChangeAsync(id, AuthorStanding.Limited, request, caller, standings, ct);

    internal static Task<Results<Ok<StandingResponse>, ProblemHttpResult>> Restore(
        UserId id, StandingRequest? request, ClaimsPrincipal caller, Standings standings, CancellationToken ct) =>
        ChangeAsync(id, AuthorStanding.Active, request, caller, standings, ct);

    internal static async Task<Results<Ok<AuditPage>, ProblemHttpResult>> GetAudit(
        [AsParameters] PageQuery query, UserId? user, UserDbContext db, CancellationToken ct)
    {
        if (PageRequest.Read(query, out var errors) is not { } page) return Problem.Invalid(errors);

        var before = page.After?.Value ?? long.MaxValue;
        var actions = db.AdminActions.AsNoTracking().Where(action => action.Id < before);
        if (user is { } target) actions = actions.Where(action => action.TargetId == target);
        // One more than asked for tells whether there is a next page.
        var rows = await actions.OrderByDescending(action => action.Id).Take(page.Limit + 1).ToListAsync(ct);
        var hasMore = rows.Count > page.Limit;
        var shown = rows.Take(page.Limit).ToList();
        return TypedResults.Ok(new AuditPage(
            [.. shown.Select(action => new AuditEntry(action.AdminId, action.TargetId, action.Action, action.Reason, action.At))],
            hasMore ? new KeysetCursor(shown[^1].Id).Encode() : null,
            hasMore));
    }

    internal static Task<Results<Ok<AppointmentResponse>, ProblemHttpResult>> Appoint(string name, Standings standings, CancellationToken ct) =>
        AppointAsync(name, AccountRole.Admin, standings, ct);

    internal static Task<Results<Ok<AppointmentResponse>, ProblemHttpResult>> Dismiss(string name, Standings standings, CancellationToken ct) =>
        AppointAsync(name, AccountRole.User, standings, ct);

    private static async Task<Results<Ok<StandingResponse>, ProblemHttpResult>> ChangeAsync(
        UserId id, AuthorStanding standing, StandingRequest? request, ClaimsPrincipal caller, Standings standings, CancellationToken ct)
    {
        var reason = request?.Reason?.Trim();
        if (reason is { Length: > MaxReason } || reason?.Contains('\0') is true) return Problem.Invalid("reason", $"A reason has at most {MaxReason} characters.");

        return await standings.ChangeAsync(caller.Id(), id, standing, string.IsNullOrEmpty(reason) ? null : reason, ct) switch
        {
            AdminOutcome.UnknownUser => ProfilesApi.UnknownUser(),
            AdminOutcome.Protected => TypedResults.Problem("An administrator is out of reach of administrators.", statusCode: StatusCodes.Status403Forbidden),
            _ => TypedResults.Ok(new StandingResponse(id, standing)),
        };
    }

    private static async Task<Results<Ok<AppointmentResponse>, ProblemHttpResult>> AppointAsync(string name, AccountRole role, Standings standings, CancellationToken ct) =>
        await standings.AppointAsync(name, role, ct) is { } user ? TypedResults.Ok(new AppointmentResponse(user, role == AccountRole.Admin)) : ProfilesApi.UnknownUser();
}

/// <param name="Reason">Why, for the audit log; at most 500 characters.</param>
public sealed record StandingRequest(string? Reason = null);

/// <summary>How an account stands now.</summary>
public sealed record StandingResponse(UserId Id, AuthorStanding Standing);

/// <param name="AdminId">Who did it; null for the operator of the installation.</param>
/// <param name="UserId">To whom.</param>
/// <param name="Action">suspend, limit, restore, grant-admin or withdraw-admin.</param>
/// <param name="Reason">Why, as far as it was said.</param>
/// <param name="At">When.</param>
public sealed record AuditEntry(UserId? AdminId, UserId UserId, string Action, string? Reason, DateTimeOffset At);

/// <summary>A page of the audit log.</summary>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Actions, string? NextCursor, bool HasMore);

/// <summary>Whether a user is an administrator now.</summary>
public sealed record AppointmentResponse(UserId UserId, bool Admin);
