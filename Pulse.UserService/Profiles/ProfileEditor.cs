using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;
using Pulse.UserService.Follows;
using Pulse.UserService.Graph;

namespace Pulse.UserService.Profiles;

/// <summary>Changes what an account shows. One transaction holds the account, its card version and the events; the card is written around it.</summary>
internal sealed class ProfileEditor(
    UserDbContext db,
    AuthorCards cards,
    FollowRequests requests,
    PublicAccountSweep sweep,
    OutboxSignal signal,
    SnowflakeGenerator ids,
    TimeProvider clock)
{
    /// <summary>Applies a checked change.</summary>
    /// <returns>False when there is no such account.</returns>
    public async Task<bool> ChangeAsync(UserId user, ProfileChange change, CancellationToken ct)
    {
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (await db.Users.FromSql($"SELECT * FROM users WHERE id = {user.Value} FOR NO KEY UPDATE").ToListAsync(ct) is not [var account]) return false;

            var events = Apply(account, change);
            if (events.Count == 0) return true;

            db.Outbox.AddRange(events);
            await cards.ForgetAsync(user, ct);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        // Committed: what follows is finished even when the caller has gone.
        signal.Wake();
        await cards.PublishAsync([user], CancellationToken.None);
        if (change.IsPrivate is false) await AcceptAllAsync(user);
        return true;
    }

    private List<OutboxMessage> Apply(Account account, ProfileChange change)
    {
        var shown = (account.DisplayName, account.Bio, account.AvatarUrl);
        var isPrivate = account.IsPrivate;
        account.DisplayName = change.DisplayName?.Trim() ?? account.DisplayName;
        account.Bio = change.Bio?.Trim() ?? account.Bio;
        if (change.NamesAvatar) account.AvatarUrl = string.IsNullOrEmpty(change.AvatarUrl) ? null : change.AvatarUrl;
        account.IsPrivate = change.IsPrivate ?? account.IsPrivate;

        var (profile, privacy) = (shown != (account.DisplayName, account.Bio, account.AvatarUrl), isPrivate != account.IsPrivate);
        if (!profile && !privacy) return [];

        account.CardVersion++;
        var now = clock.GetUtcNow();
        List<OutboxMessage> events = [];
        if (profile) events.Add(OutboxMessage.For(new UserProfileChanged(account.Id, account.CardVersion), ids.Next(), now));
        if (privacy) events.Add(OutboxMessage.For(new UserPrivacyChanged(account.Id, account.IsPrivate, account.CardVersion), ids.Next(), now));
        return events;
    }

    // After the commit: whoever asks from now on finds the account public, or is found here.
    private async Task AcceptAllAsync(UserId user)
    {
        db.ChangeTracker.Clear();
        if (await requests.AcceptPublicAsync(user, PublicAccountSweep.Batch, CancellationToken.None) == PublicAccountSweep.Batch) sweep.Wake();
    }
}
