using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Accounts;

namespace Pulse.UserService.Departure;

/// <summary>What somebody who leaves takes with him, and that he leaves nothing.</summary>
internal static class DepartureApi
{
    public static void MapDepartureApi(this IEndpointRouteBuilder routes)
    {
        var me = routes.MapGroup("/v1/users/me").WithTags("Accounts and tokens").ProducesProblem(StatusCodes.Status401Unauthorized);
        me.MapGet("/export", GetExport).WithName("ExportMe").WithSummary("Everything that is kept about the caller").ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        me.MapDelete("", DeleteMe).WithName("DeleteMe").WithSummary("Deletes the caller's account and everything of it")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    internal static async Task<Results<Ok<ExportResponse>, ProblemHttpResult>> GetExport(ClaimsPrincipal caller, Export export, HttpResponse response, CancellationToken ct)
    {
        response.Headers.CacheControl = "no-store";
        return await export.OfAsync(caller.Id(), ct) is { } all ? TypedResults.Ok(all) : Problem.Unauthorized("The account of this token exists no more.");
    }

    internal static async Task<Results<Accepted, ProblemHttpResult>> DeleteMe(
        [FromBody] DeleteMeRequest request, ClaimsPrincipal caller, AccountClosing closing, HttpResponse response, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(request.Password)) return Problem.Invalid("password", "The password is needed.");

        var outcome = await closing.CloseAsync(caller.Id(), request.Password, ct);
        if (outcome.Wait is { } wait) return LoginAttempts.Refuse(response, wait);
        return outcome.Changed ? TypedResults.Accepted((string?)null) : Problem.Invalid("password", "The password is wrong.");
    }
}

public sealed record DeleteMeRequest(string? Password);
