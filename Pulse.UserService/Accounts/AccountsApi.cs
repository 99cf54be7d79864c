using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Accounts;

internal static class AccountsApi
{
    public static void MapAccountsApi(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/v1/auth").WithTags("Accounts and tokens").AllowAnonymous();
        auth.MapPost("/signup", SignUp).WithName("SignUp").WithSummary("Makes an account").ProducesProblem(StatusCodes.Status409Conflict);
        auth.MapPost("/login", LogIn).WithName("LogIn").WithSummary("Tokens for a username or e-mail address and its password");
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

    internal static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> LogIn(
        LoginRequest request, UserDbContext db, Passwords passwords, TokenIssuer tokens, CancellationToken ct)
    {
        Dictionary<string, string[]> errors = [];
        if (string.IsNullOrEmpty(request.Username)) errors["username"] = ["A username or e-mail address is needed."];
        if (string.IsNullOrEmpty(request.Password)) errors["password"] = ["A password is needed."];
        if (errors.Count > 0) return Problem.Invalid(errors);

        var account = await FindAsync(db, request.Username!, ct);
        return await passwords.VerifyAsync(account?.PasswordHash, request.Password!, ct)
            ? TypedResults.Ok(await tokens.IssueAsync(account!.Id, account.Username, ct))
            : Problem.Unauthorized("The username or the password is wrong.");
    }

    // A username has no "at" sign and an e-mail address has one, so the two never meet.
    private static async Task<Account?> FindAsync(UserDbContext db, string login, CancellationToken ct)
    {
        var lower = login.ToLowerInvariant();
        if (AccountRules.IsUsername(login)) return await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Username.ToLower() == lower, ct);
        return AccountRules.IsEmail(login) ? await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Email.ToLower() == lower, ct) : null;
    }
}

public sealed record SignupRequest(string? Username, string? Email, string? Password, string? DisplayName);

/// <param name="Username">The username or the e-mail address.</param>
/// <param name="Password">The password.</param>
public sealed record LoginRequest(string? Username, string? Password);
