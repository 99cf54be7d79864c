using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Profiles;

internal static class ProfilesApi
{
    public static void MapProfilesApi(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/v1/users").WithTags("Users and graph");
        users.MapGet("/me", GetMe).WithName("GetMe").WithSummary("The caller")
            .ProducesProblem(StatusCodes.Status401Unauthorized);
        users.MapPatch("/me", PatchMe).WithName("ChangeMe").WithSummary("Changes the caller's profile; what is left out stays")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized);
        users.MapGet("/{id}", GetUser).WithName("GetUser").WithSummary("A user by id").AllowAnonymous()
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        users.MapGet("/by-username/{name}", GetUserByName).WithName("GetUserByName").WithSummary("A user by name, whatever its case").AllowAnonymous()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>What a call that names an unknown user says.</summary>
    public static ProblemHttpResult UnknownUser() => Problem.NotFound("There is no such user.");

    /// <summary>What a call says that shows more of an account than its profile.</summary>
    public static ProblemHttpResult PrivateAccount() => TypedResults.Problem(
        "Only followers whom this account has accepted may see this.", statusCode: StatusCodes.Status403Forbidden, type: "/problems/private-account");

    internal static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetMe(ClaimsPrincipal caller, ProfileReader profiles, CancellationToken ct) =>
        await profiles.FindOwnAsync(caller.Id(), ct) is { } user ? TypedResults.Ok(user) : NoAccount();

    internal static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> PatchMe(
        ProfileChange change, ClaimsPrincipal caller, ProfileEditor editor, ProfileReader profiles, CancellationToken ct)
    {
        if (ProfileRules.Check(change) is { Count: > 0 } errors) return Problem.Invalid(errors);

        return await editor.ChangeAsync(caller.Id(), change, ct) && await profiles.FindOwnAsync(caller.Id(), ct) is { } user
            ? TypedResults.Ok(user)
            : NoAccount();
    }

    internal static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetUser(UserId id, ClaimsPrincipal caller, ProfileReader profiles, CancellationToken ct) =>
        Answer(await profiles.FindAsync(id, caller.TryGetId(), ct));

    internal static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetUserByName(string name, ClaimsPrincipal caller, ProfileReader profiles, CancellationToken ct) =>
        Answer(await profiles.FindAsync(name, caller.TryGetId(), ct));

    private static ProblemHttpResult NoAccount() => Problem.Unauthorized("The account of this token exists no more.");

    private static Results<Ok<UserResponse>, ProblemHttpResult> Answer(UserResponse? user) =>
        user is null ? UnknownUser() : TypedResults.Ok(user);
}
