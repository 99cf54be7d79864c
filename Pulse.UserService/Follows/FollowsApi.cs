using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;
using Pulse.Visibility;

namespace Pulse.UserService.Follows;

internal static class FollowsApi
{
    public static void MapFollowsApi(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/v1/users/{id}").WithTags("Users and graph");
        users.ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        users.MapPut("/follow", PutFollow).WithName("Follow").WithSummary("Follows a user, or asks to when the account is private; with notify, to be told of every post or no more")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden);
        users.MapDelete("/follow", DeleteFollow).WithName("Unfollow").WithSummary("Follows a user no more, or asks no more to")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        users.MapGet("/followers", GetFollowers).WithName("GetFollowers").WithSummary("Who follows a user").AllowAnonymous().ProducesProblem(StatusCodes.Status403Forbidden);
        users.MapGet("/following", GetFollowing).WithName("GetFollowing").WithSummary("Whom a user follows").AllowAnonymous().ProducesProblem(StatusCodes.Status403Forbidden);
    }

    internal static async Task<Results<Ok<RelationshipResponse>, ProblemHttpResult>> PutFollow(
        UserId id, FollowWish? wish, ClaimsPrincipal caller, UserDbContext db, FollowGraph graph, Relationships relationships, CancellationToken ct)
    {
        if (await OtherUser.RefuseAsync(caller.Id(), id, "Nobody follows himself.", db, ct) is { } refusal) return refusal;

        return await graph.FollowAsync(caller.Id(), id, wish?.Notify, ct) switch
        {
            FollowOutcome.Blocked => TypedResults.Problem("A block stands between the two users.", statusCode: StatusCodes.Status403Forbidden),
            FollowOutcome.Unknown => ProfilesApi.UnknownUser(),
            _ => TypedResults.Ok(await relationships.OfAsync(caller.Id(), id, ct)),
        };
    }

    internal static async Task<Results<Ok<RelationshipResponse>, ProblemHttpResult>> DeleteFollow(
        UserId id, ClaimsPrincipal caller, UserDbContext db, FollowGraph graph, Relationships relationships, CancellationToken ct)
    {
        if (await OtherUser.RefuseAsync(caller.Id(), id, "Nobody follows himself.", db, ct) is { } refusal) return refusal;

        await graph.UnfollowAsync(caller.Id(), id, ct);
        return TypedResults.Ok(await relationships.OfAsync(caller.Id(), id, ct));
    }

    internal static Task<Results<Ok<UsersPage>, ProblemHttpResult>> GetFollowers(
        UserId id, [AsParameters] PageQuery query, ClaimsPrincipal caller, UserDbContext db, FollowLists lists, CancellationToken ct) =>
        ListAsync(id, query, caller.TryGetId(), db, page => lists.FollowersAsync(id, page, caller.TryGetId(), ct), ct);

    internal static Task<Results<Ok<UsersPage>, ProblemHttpResult>> GetFollowing(
        UserId id, [AsParameters] PageQuery query, ClaimsPrincipal caller, UserDbContext db, FollowLists lists, CancellationToken ct) =>
        ListAsync(id, query, caller.TryGetId(), db, page => lists.FollowingAsync(id, page, caller.TryGetId(), ct), ct);

    private static async Task<Results<Ok<UsersPage>, ProblemHttpResult>> ListAsync(
        UserId id, PageQuery query, UserId? viewer, UserDbContext db, Func<PageRequest, Task<UsersPage>> read, CancellationToken ct)
    {
        if (PageRequest.Read(query, out var errors) is not { } page) return Problem.Invalid(errors);

        var reader = viewer ?? default;
        var owner = await db.Users.Where(user => user.Id == id).Select(user => new
        {
            user.Standing,
            user.IsPrivate,
            Follows = db.Follows.Any(follow => follow.FollowerId == reader && follow.FolloweeId == id),
        }).SingleOrDefaultAsync(ct);
        if (owner is null) return ProfilesApi.UnknownUser();

        var stand = new ViewerStand(viewer == id, owner.Follows);
        if (!ProfileVisibilityRules.CanSee(stand, owner.Standing)) return ProfilesApi.UnknownUser();
        return ProfileVisibilityRules.CanSeeLists(stand, owner.Standing, owner.IsPrivate) ? TypedResults.Ok(await read(page)) : ProfilesApi.PrivateAccount();
    }
}

/// <summary>Body of <c>PUT /v1/users/{id}/follow</c>; may be left out.</summary>
/// <param name="Notify">Whether the caller wants to be told of every post; when left out, as it was, and at first not.</param>
public sealed record FollowWish(bool? Notify = null);
