using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Follows;

internal static class FollowRequestsApi
{
    public static void MapFollowRequestsApi(this IEndpointRouteBuilder routes)
    {
        var requests = routes.MapGroup("/v1/follow-requests").WithTags("Users and graph").ProducesProblem(StatusCodes.Status401Unauthorized);
        requests.MapGet("", GetRequests).WithName("GetFollowRequests").WithSummary("Who asks to follow the caller, the newest first").ProducesValidationProblem();
        requests.MapPost("/{user_id}/accept", Accept).WithName("AcceptFollowRequest").WithSummary("Lets a user follow the caller; again is fine")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        requests.MapPost("/{user_id}/reject", Reject).WithName("RejectFollowRequest").WithSummary("Takes a request to follow the caller away")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
    }

    internal static async Task<Results<Ok<UsersPage>, ProblemHttpResult>> GetRequests(
        [AsParameters] PageQuery query, ClaimsPrincipal caller, FollowRequests requests, CancellationToken ct) =>
        PageRequest.Read(query, out var errors) is { } page ? TypedResults.Ok(await requests.PageAsync(caller.Id(), page, ct)) : Problem.Invalid(errors);

    /// <summary>Idempotent for the caller: one that missed the first 204 gets another one.</summary>
    internal static async Task<Results<NoContent, ProblemHttpResult>> Accept(
        [FromRoute(Name = "user_id")] UserId userId, ClaimsPrincipal caller, FollowGraph graph, CancellationToken ct) =>
        await graph.AcceptAsync(userId, caller.Id(), ct) == AcceptOutcome.NotRequested ? NoSuchRequest() : TypedResults.NoContent();

    internal static async Task<Results<NoContent, ProblemHttpResult>> Reject(
        [FromRoute(Name = "user_id")] UserId userId, ClaimsPrincipal caller, FollowGraph graph, CancellationToken ct) =>
        await graph.RejectAsync(userId, caller.Id(), ct) ? TypedResults.NoContent() : NoSuchRequest();

    private static ProblemHttpResult NoSuchRequest() => Problem.NotFound("There is no request of this user to follow the caller.");
}
