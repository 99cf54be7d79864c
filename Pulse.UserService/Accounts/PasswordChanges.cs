using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;
using Pulse.UserService.Mail;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Accounts;

/// <summary>What became of a change: done, a wait, or neither when the current password is wrong.</summary>
internal sealed record ChangeOutcome(bool Changed, TimeSpan? Wait = null);

/// <summary>
/// Changes passwords, and what hangs on them: other logins end, tokens to choose a new one are void, and the owner gets word.
/// Each transaction writes the account first, which keeps out every login and renewal (<see cref="TokenOwners"/>) until it has
/// committed, and revocations last (<see cref="RevocationLog"/>).
/// </summary>
internal sealed partial class PasswordChanges(
    UserDbContext db,
    Passwords passwords,
    LoginAttempts attempts,
    AccountTokens accountTokens,
    TokenIssuer tokens,
    MailOutbox mails,
    TimeProvider clock,
    ILogger<PasswordChanges> logger)
{
    /// <summary>Every login but that of <paramref name="family"/> ends.</summary>
    public async Task<ChangeOutcome> ChangeAsync(UserId user, long? family, string current, string fresh, CancellationToken ct)
    {
        // Who found an open session must not find out its password too.
        if (await attempts.BeginAsync(LoginAttempts.ChangeOf(user), ct) is { } wait) return new ChangeOutcome(Changed: false, wait);

        var account = await db.Users.AsNoTracking().SingleOrDefaultAsync(known => known.Id == user, ct);
        if (!await passwords.VerifyAsync(account?.PasswordHash, current, ct)) return new ChangeOutcome(Changed: false);

        var (old, hash) = (account!.PasswordHash, await passwords.HashAsync(fresh, ct));
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var changed = await db.Users.Where(known => known.Id == user && known.PasswordHash == old)
            .ExecuteUpdateAsync(set => set.SetProperty(known => known.PasswordHash, hash), ct);
        if (changed == 0) return new ChangeOutcome(Changed: false);

        await EndAsync(account, family, ct);
        await transaction.CommitAsync(ct);
        mails.Wake();
        LogChanged(user);
        return new ChangeOutcome(Changed: true);
    }

    /// <summary>A new password for who has the token of a mail. Every login ends, and so does a lockout.</summary>
    /// <returns>False when the token is not good.</returns>
    public async Task<bool> ResetAsync(string token, string fresh, CancellationToken ct)
    {
        if (await accountTokens.FindAsync(token, AccountTokens.Reset, ct) is not { } user) return false;

        var (hash, now) = (await passwords.HashAsync(fresh, ct), clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // Who has the token reads the mails of this address.
        await db.Users.Where(known => known.Id == user).ExecuteUpdateAsync(
            set => set.SetProperty(known => known.PasswordHash, hash).SetProperty(known => known.EmailVerifiedAt, known => known.EmailVerifiedAt ?? now), ct);
        if (!await accountTokens.UseAsync(user, token, AccountTokens.Reset, ct)) return false;

        await EndAsync(await db.Users.AsNoTracking().SingleAsync(known => known.Id == user, ct), keptFamily: null, ct);
        await transaction.CommitAsync(ct);
        mails.Wake();
        LogReset(user);
        return true;
    }

    /// <summary>Notes that an address is read.</summary>
    /// <returns>False when the token is not good.</returns>
    public async Task<bool> VerifyEmailAsync(string token, CancellationToken ct)
    {
        if (await accountTokens.FindAsync(token, AccountTokens.VerifyEmail, ct) is not { } user) return false;

        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Users.Where(known => known.Id == user).ExecuteUpdateAsync(
            set => set.SetProperty(known => known.EmailVerifiedAt, known => known.EmailVerifiedAt ?? now), ct);
        if (!await accountTokens.UseAsync(user, token, AccountTokens.VerifyEmail, ct)) return false;

        await transaction.CommitAsync(ct);
        return true;
    }

    private async Task EndAsync(Account account, long? keptFamily, CancellationToken ct)
    {
        await accountTokens.VoidAsync(account.Id, AccountTokens.Reset, ct);
        await attempts.ForgetAsync(account.Id, account.Username, account.Email, ct);
        await mails.AddAsync(MailKind.PasswordChanged, account.Email, ct);
        await tokens.RevokeAllAsync(account.Id, keptFamily, ct);
    }

    [LoggerMessage(3202, LogLevel.Information, "User {User} changed his password")]
    private partial void LogChanged(UserId user);

    [LoggerMessage(3203, LogLevel.Information, "User {User} chose a new password by mail")]
    private partial void LogReset(UserId user);
}
