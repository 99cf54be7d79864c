using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.PublishedKeys;
using Pulse.UserService.Data;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Accounts;

/// <summary>What became of a login: tokens, a wait, a suspended account (told to who has its password only), or nothing when name or password is wrong.</summary>
internal sealed record LoginOutcome(TokenResponse? Tokens, TimeSpan? Wait = null, bool Suspended = false);

/// <summary>Logs in. Whether a name is known shows neither in the answer nor in the work: one attempt counted, one look for the account, one password checked.</summary>
internal sealed class Logins(UserDbContext db, Passwords passwords, LoginAttempts attempts, TokenIssuer tokens)
{
    public async Task<LoginOutcome> LogInAsync(string login, string password, CancellationToken ct)
    {
        var counted = LoginAttempts.LoginOf(login);
        // Not the caller's token: an attempt that was counted has to come to the end that takes it back or forgets it.
        if (await attempts.BeginAsync(counted, CancellationToken.None) is { } wait) return new LoginOutcome(Tokens: null, wait);

        var (account, verdict) = await LookAsync(login, counted, password, ct);
        // It is known now whether the password is right, and goes on without a caller who has hung up: else his patience, and not his password, locks him out.
        ct = CancellationToken.None;
        if (verdict == PasswordVerificationResult.Failed) return new LoginOutcome(Tokens: null);

        var hash = account!.PasswordHash!;
        if (verdict == PasswordVerificationResult.SuccessRehashNeeded) hash = await RehashAsync(account, password, ct);
        // The hash that was good a moment ago: a password that was changed since lets nobody in any more.
        var pair = await tokens.IssueAsync(account.Id, hash, ct);
        if (pair is not null) await attempts.ForgetAsync(account.Id, account.Username, account.Email, ct);
        return pair is null && await db.Users.AnyAsync(user => user.Id == account.Id && user.PasswordHash == hash && user.Standing == AuthorStanding.Suspended, ct)
            ? new LoginOutcome(Tokens: null, Suspended: true)
            : new LoginOutcome(pair);
    }

    private async Task<(Account? Account, PasswordVerificationResult Verdict)> LookAsync(string login, string counted, string password, CancellationToken ct)
    {
        try
        {
            var account = await FindAsync(login, ct);
            return (account, await passwords.CheckAsync(account?.PasswordHash, password, ct));
        }
        catch (OperationCanceledException)
        {
            // He hung up while he was waiting for a processor: no guess was made.
            await attempts.TakeBackAsync(counted, CancellationToken.None);
            throw;
        }
    }

    // A username has no "at" sign and an e-mail address has one, so the two never meet.
    private async Task<Account?> FindAsync(string login, CancellationToken ct)
    {
        var lower = login.ToLowerInvariant();
        if (AccountRules.IsUsername(login)) return await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Username.ToLower() == lower, ct);
        return AccountRules.IsEmail(login) ? await db.Users.AsNoTracking().FirstOrDefaultAsync(user => user.Email.ToLower() == lower, ct) : null;
    }

    /// <returns>The hash that stands then; the old one when somebody else was faster.</returns>
    private async Task<string> RehashAsync(Account account, string password, CancellationToken ct)
    {
        var (old, fresh) = (account.PasswordHash, await passwords.HashAsync(password, ct));
        var changed = await db.Users.Where(user => user.Id == account.Id && user.PasswordHash == old)
            .ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, fresh), ct);
        return changed == 1 ? fresh : old!;
    }
}
