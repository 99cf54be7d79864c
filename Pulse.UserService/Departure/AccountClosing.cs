using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Departure;

/// <summary>
/// Closes an account: one transaction ends its logins, frees its name and address, takes everything personal out of it and hides what it
/// has written, as a suspension would. What that leaves is erased behind the call, by <see cref="AccountErasure"/>.
/// </summary>
internal sealed partial class AccountClosing(
    UserDbContext db,
    Passwords passwords,
    LoginAttempts attempts,
    AuthorCards cards,
    TokenIssuer tokens,
    RevocationLog revocations,
    OutboxSignal signal,
    SnowflakeGenerator ids,
    TimeProvider clock,
    ILogger<AccountClosing> logger)
{
    public async Task<ChangeOutcome> CloseAsync(UserId user, string password, CancellationToken ct)
    {
        // Who found an open session must not find out its password too.
        if (await attempts.BeginAsync(LoginAttempts.ChangeOf(user), ct) is { } wait) return new ChangeOutcome(Changed: false, wait);

        var account = await db.Users.AsNoTracking().SingleOrDefaultAsync(known => known.Id == user, ct);
        if (!await passwords.VerifyAsync(account?.PasswordHash, password, ct)) return new ChangeOutcome(Changed: false);

        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            // No username and no address has this sign in front. The hash that was good a moment ago, or somebody has changed the password since.
            var closed = "~" + user;
            var versions = await db.Database.SqlQuery<long>(
                $"""
                UPDATE users SET username = {closed}, email = {closed}, display_name = '', bio = '', avatar_url = NULL, password_hash = NULL,
                    email_verified_at = NULL, role = 0, standing = {(short)AuthorStanding.Suspended}, card_version = card_version + 1
                WHERE id = {user.Value} AND password_hash = {account!.PasswordHash}
                RETURNING card_version AS "Value"
                """).ToListAsync(ct);
            if (versions is not [var version]) return new ChangeOutcome(Changed: false);

            var now = clock.GetUtcNow();
            db.Erasures.Add(new Erasure { UserId = user, RequestedAt = now });
            db.Outbox.Add(OutboxMessage.For(new UserProfileChanged(user, version), ids.Next(), now));
            await cards.ForgetAsync(user, ct);
            await db.SaveChangesAsync(ct);
            await attempts.ForgetAsync(user, account.Username, account.Email, ct);
            await db.Database.ExecuteSqlAsync($"DELETE FROM account_tokens WHERE user_id = {user.Value}", ct);
            await db.Database.ExecuteSqlAsync($"DELETE FROM mails WHERE lower(recipient) = lower({account.Email})", ct);
            await tokens.RevokeAllAsync(user, keptFamily: null, ct);
            await revocations.AddUserAsync(user, ct);
            await transaction.CommitAsync(ct);
        }

        // Committed: what follows is finished even when the caller has gone.
        signal.Wake();
        await cards.PublishAsync([user], CancellationToken.None);
        LogClosed(user);
        return new ChangeOutcome(Changed: true);
    }

    [LoggerMessage(3801, LogLevel.Information, "User {User} closed his account; it is being erased")]
    private partial void LogClosed(UserId user);
}
