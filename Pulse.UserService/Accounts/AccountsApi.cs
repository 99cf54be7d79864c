using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Accounts;

internal static class AccountsApi
{
    public static void MapAccountsApi(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/v1/auth").WithTags("Accounts and tokens").AllowAnonymous();
        auth.MapPost("/signup", SignUp).WithName("SignUp").WithSummary("Makes an account")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/login", LogIn).WithName("LogIn").WithSummary("Tokens for a username or e-mail address and its password")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    internal static async Task<Results<Created<UserResponse>, ProblemHttpResult>> SignUp(
        SignupRequest request, AccountCreation accounts, CancellationToken ct)
    {
        if (AccountRules.Check(request) is { Count: > 0 } errors) return Problem.Invalid(errors);

        var (account, taken) = await accounts.CreateAsync(
            request.Username!, request.Email!, request.Password!, request.DisplayName?.Trim() ?? request.Username!, ct);
        return taken switch
        {
            Taken.Nothing => TypedResults.Created($"/v1/users/{account!.Id}", UserResponse.From(account, followers: 0, isCelebrity: false) with { PostsCount = 0 }),
            Taken.Username => Problem.Conflict("/problems/username-taken", "This username is taken."),
            _ => Problem.Conflict("/problems/email-taken", "There is an account with this e-mail address."),
        };
    }

    internal static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> LogIn(LoginRequest request, Logins logins, HttpResponse response, CancellationToken ct)
    {
        Dictionary<string, string[]> errors = [];
        if (string.IsNullOrEmpty(request.Username)) errors["username"] = ["A username or e-mail address is needed."];
        if (string.IsNullOrEmpty(request.Password)) errors["password"] = ["A password is needed."];
        if (errors.Count > 0) return Problem.Invalid(errors);

        var outcome = await logins.LogInAsync(request.Username!, request.Password!, ct);
        if (outcome.Wait is { } wait) return LoginAttempts.Refuse(response, wait);
        if (outcome.Suspended) return TypedResults.Problem("This account is suspended.", statusCode: StatusCodes.Status403Forbidden, type: "/problems/suspended");
        return outcome.Tokens is { } tokens ? TypedResults.Ok(tokens) : Problem.Unauthorized("The username or the password is wrong.");
    }
}

public sealed record SignupRequest(string? Username, string? Email, string? Password, string? DisplayName = null);

/// <param name="Username">The username or the e-mail address.</param>
/// <param name="Password">The password.</param>
public sealed record LoginRequest(string? Username, string? Password);
