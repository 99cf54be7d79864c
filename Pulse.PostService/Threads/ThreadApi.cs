using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Threads;

/// <summary>Answer of <c>GET /v1/posts/{id}/thread</c>.</summary>
/// <param name="Ancestors">What the post answers, and what that answers, oldest first. Those that are gone, or that the caller may not see, are left out.</param>
/// <param name="AncestorsTruncated">There are older ones.</param>
/// <param name="Post">The post itself; of a repost, what it shows.</param>
/// <param name="Replies">Its direct replies, oldest first.</param>
public sealed record ThreadResponse(IReadOnlyList<PostResponse> Ancestors, bool AncestorsTruncated, PostResponse Post, PostsPage Replies);

internal static class ThreadApi
{
    public static IEndpointRouteBuilder MapThreadApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/posts/{id}/thread", GetThread).WithName("GetThread").WithTags("Posts").WithSummary("A post with what it answers and a page of its replies")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    internal static async Task<Results<Ok<ThreadResponse>, ProblemHttpResult>> GetThread(
        PostId id, string? cursor, string? limit, ClaimsPrincipal caller, ThreadReader threads, CancellationToken ct)
    {
        if (!ListRequest.TryRead(cursor, limit, start: 0, out var list, out var problem)) return problem;

        return await threads.ReadAsync(caller.Id(), id, list, ct) is { } thread ? TypedResults.Ok(thread) : Problem.NotFound("There is no such post, or the caller may not see it.");
    }
}
