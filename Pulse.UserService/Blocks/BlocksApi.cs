using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Blocks;

internal static class BlocksApi
{
    public static void MapBlocksApi(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/v1/users/{id}").WithTags("Users and graph")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
        users.MapPut("/block", PutBlock).WithName("Block").WithSummary("Blocks a user; neither sees or follows the other any more");
        users.MapDelete("/block", DeleteBlock).WithName("Unblock").WithSummary("Blocks a user no more");
    }

    internal static async Task<Results<Ok<RelationshipResponse>, ProblemHttpResult>> PutBlock(
        UserId id, ClaimsPrincipal caller, UserDbContext db, BlockGraph graph, Relationships relationships, CancellationToken ct)
    {
        if (await OtherUser.RefuseAsync(caller.Id(), id, "Nobody blocks himself.", db, ct) is { } refusal) return refusal;

        await graph.BlockAsync(caller.Id(), id, ct);
        return TypedResults.Ok(await relationships.OfAsync(caller.Id(), id, ct));
    }

    internal static async Task<Results<Ok<RelationshipResponse>, ProblemHttpResult>> DeleteBlock(
        UserId id, ClaimsPrincipal caller, UserDbContext db, BlockGraph graph, Relationships relationships, CancellationToken ct)
    {
        if (await OtherUser.RefuseAsync(caller.Id(), id, "Nobody blocks himself.", db, ct) is { } refusal) return refusal;

        await graph.UnblockAsync(caller.Id(), id, ct);
        return TypedResults.Ok(await relationships.OfAsync(caller.Id(), id, ct));
    }
}
