using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Follows;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Discovery;

internal static class DiscoveryApi
{
    public static void MapDiscoveryApi(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/v1/users").WithTags("Users and graph").ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized);
        users.MapGet("/search", Search).WithName("SearchUsers").WithSummary("Users by name, the nearest and most followed first");
        users.MapGet("/suggestions", Suggest).WithName("SuggestUsers").WithSummary("Whom the caller might follow: friends of friends, then popular users").WithTags("Discovery");
    }

    internal static async Task<Results<Ok<UsersPage>, ProblemHttpResult>> Search(
        string? q, [AsParameters] PageQuery query, ClaimsPrincipal caller, UserSearch search, ProfileReader profiles, CancellationToken ct)
    {
        var errors = new Dictionary<string, string[]>();
        // People write names as they see them.
        var text = (q ?? "").Trim().TrimStart('@');
        if (text.Length is 0 or > UserSearch.MaxLength || text.Contains('\0')) errors["q"] = [$"What to look for has 1 to {UserSearch.MaxLength} characters."];
        if (RankedPageRequest.Read(query, errors) is not { } page) return Problem.Invalid(errors);

        return TypedResults.Ok(await page.PresentAsync(await search.FindAsync(text, caller.Id(), page, ct), caller.Id(), profiles, ct));
    }

    internal static async Task<Results<Ok<UsersPage>, ProblemHttpResult>> Suggest(
        [AsParameters] PageQuery query, ClaimsPrincipal caller, Suggestions suggestions, ProfileReader profiles, CancellationToken ct)
    {
        var errors = new Dictionary<string, string[]>();
        if (RankedPageRequest.Read(query, errors) is not { } page) return Problem.Invalid(errors);

        return TypedResults.Ok(await page.PresentAsync(await suggestions.ForAsync(caller.Id(), page, ct), caller.Id(), profiles, ct));
    }
}
