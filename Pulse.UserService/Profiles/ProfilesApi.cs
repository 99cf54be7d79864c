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
        users.MapGet("/me", GetMe).WithName("GetMe").WithSummary("The caller");
        users.MapGet("/{id}", GetUser).WithName("GetUser").WithSummary("A user by id").AllowAnonymous();
        users.MapGet("/by-username/{name}", GetUserByName).WithName("GetUserByName").WithSummary("A user by name, whatever its case").AllowAnonymous();
    }

    /// <summary>What a call that names an unknown user says.</summary>
    public static ProblemHttpResult UnknownUser() => Problem.NotFound("There is no such user.");

    internal static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetMe(ClaimsPrincipal caller, ProfileReader profiles, CancellationToken ct) =>
        Answer(await profiles.FindAsync(caller.Id(), viewer: null, ct));

    internal static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetUser(UserId id, ClaimsPrincipal caller, ProfileReader profiles, CancellationToken ct) =>
        Answer(await profiles.FindAsync(id, caller.TryGetId(), ct));

    internal static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> GetUserByName(string name, ClaimsPrincipal caller, ProfileReader profiles, CancellationToken ct) =>
        Answer(await profiles.FindAsync(name, caller.TryGetId(), ct));

    private static Results<Ok<UserResponse>, ProblemHttpResult> Answer(UserResponse? user) =>
        user is null ? UnknownUser() : TypedResults.Ok(user);
}
