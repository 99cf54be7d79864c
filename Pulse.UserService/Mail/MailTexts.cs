using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;

namespace Pulse.UserService.Mail;

/// <summary>Turns a row into a mail at the moment of sending: looks up whose address it is, and makes the token that goes with it.</summary>
internal sealed class MailTexts(UserDbContext db, AccountTokens tokens, IOptions<MailOptions> options)
{
    /// <returns>Null when there is nothing to say: nobody has the address, or he has shown already that he reads it.</returns>
    public async Task<MailText?> WriteAsync(ClaimedMail mail, CancellationToken ct)
    {
        var lower = mail.Recipient.ToLowerInvariant();
        if (await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Email.ToLower() == lower, ct) is not { } account) return null;

        switch (mail.Kind)
        {
            case MailKind.VerifyEmail when account.EmailVerifiedAt is not null:
                return null;

            case MailKind.VerifyEmail:
                var verify = await tokens.IssueAsync(account.Id, AccountTokens.VerifyEmail, AccountTokens.VerifyLifetime, ct);
                return new MailText(
                    mail.Id,
                    account.Email,
                    "Welcome to Pulse: please confirm your address",
                    $"""
                    Hello @{account.Username},

                    please confirm that this is your address, within three days:

                    {Link("verify-email", verify)}

                    If you did not sign up for Pulse, somebody mistyped his address; then do nothing.
                    """);

            case MailKind.PasswordReset:
                var reset = await tokens.IssueAsync(account.Id, AccountTokens.Reset, AccountTokens.ResetLifetime, ct);
                return new MailText(
                    mail.Id,
                    account.Email,
                    "Choose a new password for Pulse",
                    $"""
                    Hello @{account.Username},

                    somebody, you we hope, asked for a new password. Within an hour you can choose it here:

                    {Link("reset-password", reset)}

                    All devices are then logged out. If it was not you, do nothing: your password stays as it is.
                    """);

            case MailKind.PasswordChanged:
                return new MailText(
                    mail.Id,
                    account.Email,
                    "Your password for Pulse was changed",
                    $"""
                    Hello @{account.Username},

                    your password was changed just now, and other devices were logged out.

                    If it was not you, choose a new one at once: {options.Value.PublicUrl.TrimEnd('/')}/forgot-password
                    """);

            default:
                return null;
        }
    }

    // Behind the hash: what stands there reaches neither a server's log nor a Referer.
    private string Link(string page, string token) => $"{options.Value.PublicUrl.TrimEnd('/')}/{page}#token={token}";
}
