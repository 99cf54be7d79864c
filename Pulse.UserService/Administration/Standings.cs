using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Administration;

/// <summary>What became of an action.</summary>
internal enum AdminOutcome
{
    Done,
    UnknownUser,

    /// <summary>The other is an administrator; only the operator may take that from him.</summary>
    Protected,
}

/// <summary>
/// Suspends, limits and restores accounts. One transaction holds the account, its card version, the event, the record of who did it and
/// why, and the end of every login; the card is written around it, so the next read of anybody shows it.
/// </summary>
internal sealed partial class Standings(
    UserDbContext db,
    AuthorCards cards,
    TokenIssuer tokens,
    RevocationLog revocations,
    OutboxSignal signal,
    SnowflakeGenerator ids,
    TimeProvider clock,
    ILogger<Standings> logger)
{
    public async Task<AdminOutcome> ChangeAsync(UserId admin, UserId target, AuthorStanding standing, string? reason, CancellationToken ct)
    {
        // Later than whatever was done before, whatever clock that came from.
        var last = await db.AdminActions.Where(action => action.TargetId == target).MaxAsync(action => (long?)action.Id, ct) ?? 0;
        return await ChangeAsync(new StandingOrder(ids.Next(above: last), admin, reason), target, standing, ct);
    }

    /// <summary>The same, as it was decided elsewhere: once however often it is ordered, and a later action upon the account has the last word.</summary>
    public async Task<AdminOutcome> ChangeAsync(StandingOrder order, UserId target, AuthorStanding standing, CancellationToken ct)
    {
        var admin = order.AdminId;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (await HoldAsync(target, ct) is not { } account) return AdminOutcome.UnknownUser;
            // A closed account looks suspended, and nobody brings it back.
            if (await db.Erasures.AnyAsync(erasure => erasure.UserId == target, ct)) return AdminOutcome.UnknownUser;
            if (account.Role == AccountRole.Admin) return AdminOutcome.Protected;

            if (await db.AdminActions.AnyAsync(known => known.Id == order.Id, ct)) return AdminOutcome.Done;

            var now = clock.GetUtcNow();
            var action = standing switch
            {
                AuthorStanding.Suspended => AdminActions.Suspend,
                AuthorStanding.Limited => AdminActions.Limit,
                _ => AdminActions.Restore,
            };
            var changed = account.Standing != standing && !await IsOvertakenAsync(order, target, ct);
            db.AdminActions.Add(new AdminAction { Id = order.Id, AdminId = admin, TargetId = target, Action = action, Reason = order.Reason, At = now });
            if (changed)
            {
                account.Standing = standing;
                account.CardVersion++;
                db.Outbox.Add(OutboxMessage.For(new UserProfileChanged(target, account.CardVersion), ids.Next(), now));
                await cards.ForgetAsync(target, ct);
            }

            await db.SaveChangesAsync(ct);
            if (changed && standing == AuthorStanding.Suspended) await EndLoginsAsync(target, ct);
            await transaction.CommitAsync(ct);
            LogChanged(admin, action, target);
        }

        // Committed: what follows is finished even when the caller has gone.
        signal.Wake();
        await cards.PublishAsync([target], CancellationToken.None);
        return AdminOutcome.Done;
    }

    /// <summary>Makes a user an administrator, or one no more; from his next login or renewal on he has the role, and loses it at once.</summary>
    /// <returns>Null when nobody has this name.</returns>
    public async Task<UserId?> AppointAsync(string username, AccountRole role, CancellationToken ct)
    {
        var lower = username.ToLowerInvariant();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var known = await db.Users.Where(user => user.Username.ToLower() == lower).Select(user => (UserId?)user.Id).SingleOrDefaultAsync(ct);
        if (known is not { } target || await HoldAsync(target, ct) is not { } account) return null;
        if (account.Role == role) return target;

        account.Role = role;
        var action = role == AccountRole.Admin ? AdminActions.Grant : AdminActions.Withdraw;
        db.AdminActions.Add(new AdminAction { Id = ids.Next(), TargetId = target, Action = action, At = clock.GetUtcNow() });
        await db.SaveChangesAsync(ct);
        // A role is in the token.
        if (role == AccountRole.User) await EndLoginsAsync(target, ct);
        await transaction.CommitAsync(ct);
        LogAppointed(action, target);
        return target;
    }

    // The roles that the operator gives and takes are another matter.
    private Task<bool> IsOvertakenAsync(StandingOrder order, UserId target, CancellationToken ct) => db.AdminActions.AnyAsync(
        later => later.TargetId == target && later.Id > order.Id
            && (later.Action == AdminActions.Suspend || later.Action == AdminActions.Limit || later.Action == AdminActions.Restore),
        ct);

    private async Task<Account?> HoldAsync(UserId user, CancellationToken ct) =>
        await db.Users.FromSql($"SELECT * FROM users WHERE id = {user.Value} FOR NO KEY UPDATE").ToListAsync(ct) is [var account] ? account : null;

    private async Task EndLoginsAsync(UserId user, CancellationToken ct)
    {
        await tokens.RevokeAllAsync(user, keptFamily: null, ct);
        // Those too whose refresh token is expired or gone already.
        await revocations.AddUserAsync(user, ct);
    }

    [LoggerMessage(3701, LogLevel.Information, "Administrator {Admin}: {Action} of user {Target}")]
    private partial void LogChanged(UserId admin, string action, UserId target);

    [LoggerMessage(3702, LogLevel.Information, "The operator: {Action} of user {Target}")]
    private partial void LogAppointed(string action, UserId target);
}
