using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Mutes;

internal static class MutesApi
{
    private const string NotHimself = "Nobody mutes himself.";

    public static void MapMutesApi(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/v1/users/{id}").WithTags("Users and graph")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
        users.MapPut("/mute", PutMute).WithName("Mute").WithSummary("Keeps a user out of the caller's home timeline, for a time or until further notice; again replaces");
        users.MapDelete("/mute", DeleteMute).WithName("Unmute").WithSummary("Mutes a user no more");
    }

    internal static async Task<Results<Ok<RelationshipResponse>, ProblemHttpResult>> PutMute(
        UserId id, MuteRequest? request, ClaimsPrincipal caller, UserDbContext db, MuteGraph graph, Relationships relationships, TimeProvider clock, CancellationToken ct)
    {
        // To the millisecond, as JSON tells it to those who compare it with their clock.
        var until = request?.Until is { } end ? DateTimeOffset.FromUnixTimeMilliseconds(end.ToUnixTimeMilliseconds()) : (DateTimeOffset?)null;
        if (until <= clock.GetUtcNow()) return Problem.Invalid("until", "A mute ends in the future.");
        if (await OtherUser.RefuseAsync(caller.Id(), id, NotHimself, db, ct) is { } refusal) return refusal;

        await graph.MuteAsync(caller.Id(), new Mute(id, until, request?.RepostsOnly ?? false), ct);
        return TypedResults.Ok(await relationships.OfAsync(caller.Id(), id, ct));
    }

    internal static async Task<Results<Ok<RelationshipResponse>, ProblemHttpResult>> DeleteMute(
        UserId id, ClaimsPrincipal caller, UserDbContext db, MuteGraph graph, Relationships relationships, CancellationToken ct)
    {
        if (await OtherUser.RefuseAsync(caller.Id(), id, NotHimself, db, ct) is { } refusal) return refusal;

        await graph.UnmuteAsync(caller.Id(), id, ct);
        return TypedResults.Ok(await relationships.OfAsync(caller.Id(), id, ct));
    }
}

/// <summary>Body of <c>PUT /v1/users/{id}/mute</c>; may be left out.</summary>
/// <param name="Until">When the mute ends by itself; never when left out.</param>
/// <param name="RepostsOnly">Whether only what the user reposts is kept out.</param>
public sealed record MuteRequest(DateTimeOffset? Until = null, bool? RepostsOnly = null);
