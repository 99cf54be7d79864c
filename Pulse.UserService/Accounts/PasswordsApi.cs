using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Data;
using Pulse.UserService.Mail;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Accounts;

/// <summary>Passwords that change, and addresses that are read.</summary>
internal static class PasswordsApi
{
    private static readonly string PasswordLength = $"A password has {AccountRules.MinPassword} to {AccountRules.MaxPassword} characters.";

    public static void MapPasswordsApi(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/v1/auth").WithTags("Accounts and tokens");
        auth.MapPost("/password", Change).WithName("ChangePassword").WithSummary("A new password; every other login ends")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/password/forgot", Forgot).AllowAnonymous().WithName("ForgotPassword").WithSummary("Sends a token for a new password, if there is an account with this address")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/password/reset", Reset).AllowAnonymous().WithName("ResetPassword").WithSummary("A new password for the token of a mail; every login ends")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/verify-email", VerifyEmail).AllowAnonymous().WithName("VerifyEmail").WithSummary("Shows by the token of a mail that its address is read")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> Change(
        ChangePasswordRequest request, ClaimsPrincipal caller, PasswordChanges changes, HttpResponse response, CancellationToken ct)
    {
        Dictionary<string, string[]> errors = [];
        if (string.IsNullOrEmpty(request.Current)) errors["current"] = ["The current password is needed."];
        if (!AccountRules.IsPassword(request.New)) errors["new"] = [PasswordLength];
        if (errors.Count > 0) return Problem.Invalid(errors);

        var outcome = await changes.ChangeAsync(caller.Id(), TokenIssuer.FamilyOf(caller), request.Current!, request.New!, ct);
        if (outcome.Wait is { } wait) return LoginAttempts.Refuse(response, wait);
        return outcome.Changed ? TypedResults.NoContent() : Problem.Invalid("current", "The current password is wrong.");
    }

    /// <summary>One row for any address; whether there is an account is looked up when the mail is due, and not on anybody's clock.</summary>
    internal static async Task<Results<Accepted, ProblemHttpResult>> Forgot(ForgotPasswordRequest request, UserDbContext db, MailOutbox mails, CancellationToken ct)
    {
        if (!AccountRules.IsEmail(request.Email)) return Problem.Invalid("email", "This is not the form of an e-mail address.");

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await mails.AddAsync(MailKind.PasswordReset, request.Email!, ct);
        await transaction.CommitAsync(ct);
        mails.Wake();
        return TypedResults.Accepted((string?)null);
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> Reset(ResetPasswordRequest request, PasswordChanges changes, CancellationToken ct)
    {
        Dictionary<string, string[]> errors = [];
        if (string.IsNullOrEmpty(request.Token)) errors["token"] = ["The token of the mail is needed."];
        if (!AccountRules.IsPassword(request.New)) errors["new"] = [PasswordLength];
        if (errors.Count > 0) return Problem.Invalid(errors);

        return await changes.ResetAsync(request.Token!, request.New!, ct) ? TypedResults.NoContent() : BadToken();
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> VerifyEmail(VerifyEmailRequest request, PasswordChanges changes, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(request.Token)) return Problem.Invalid("token", "The token of the mail is needed.");

        return await changes.VerifyEmailAsync(request.Token, ct) ? TypedResults.NoContent() : BadToken();
    }

    private static ProblemHttpResult BadToken() => Problem.Invalid("token", "The token is not good any more: it was used, is too old, or a newer mail took its place.");
}

public sealed record ChangePasswordRequest(string? Current, string? New);

public sealed record ForgotPasswordRequest(string? Email);

public sealed record ResetPasswordRequest(string? Token, string? New);

public sealed record VerifyEmailRequest(string? Token);
