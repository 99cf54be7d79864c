using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Messaging.Outbox;
using Pulse.UserService.Data;
using Pulse.UserService.Graph;

namespace Pulse.UserService.Mutes;

/// <summary>
/// Changes who mutes whom. One transaction holds the mute, the muter's graph version and the event, under the lock of his account alone: the muted
/// user's graph does not change, and he never learns of it.
/// </summary>
internal sealed class MuteGraph(UserDbContext db, GraphVersions versions, OutboxSignal signal, SnowflakeGenerator ids, TimeProvider clock)
{
    /// <summary>Mutes, or changes how; nothing changes when the same mute stands already.</summary>
    public Task MuteAsync(UserId muter, Mute mute, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return ChangeAsync(
            muter,
            $"""
            INSERT INTO mutes AS m (muter_id, muted_id, until, reposts_only, since) VALUES ({muter.Value}, {mute.Id.Value}, {mute.Until}, {mute.RepostsOnly}, {now})
            ON CONFLICT (muter_id, muted_id) DO UPDATE SET until = excluded.until, reposts_only = excluded.reposts_only, since = excluded.since
            WHERE (m.until, m.reposts_only) IS DISTINCT FROM (excluded.until, excluded.reposts_only)
            """,
            version => OutboxMessage.For(new UserMuted(muter, mute.Id, version, mute.Until, mute.RepostsOnly), ids.Next(), now),
            ct);
    }

    /// <summary>Ends a mute; nothing changes when there is none.</summary>
    public Task UnmuteAsync(UserId muter, UserId muted, CancellationToken ct) => ChangeAsync(
        muter,
        $"DELETE FROM mutes WHERE muter_id = {muter.Value} AND muted_id = {muted.Value}",
        version => OutboxMessage.For(new UserUnmuted(muter, muted, version), ids.Next(), clock.GetUtcNow()),
        ct);

    private async Task ChangeAsync(UserId muter, FormattableString change, Func<long, OutboxMessage> toEvent, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT FROM users WHERE id = {muter.Value} FOR NO KEY UPDATE", ct);
        if (await db.Database.ExecuteSqlAsync(change, ct) == 0) return;

        // Those whose time is over are over everywhere, by the clock; here they would only gather.
        await db.Database.ExecuteSqlAsync($"DELETE FROM mutes WHERE muter_id = {muter.Value} AND until <= {clock.GetUtcNow()}", ct);
        var version = (await db.Database.SqlQuery<long>(
            $"""UPDATE users SET graph_version = graph_version + 1 WHERE id = {muter.Value} RETURNING graph_version AS "Value" """).ToListAsync(ct)).Single();
        await versions.ForgetAsync([muter], ct);
        db.Outbox.Add(toEvent(version));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);

        // Committed: what follows is finished even when the caller has gone.
        signal.Wake();
        await versions.PublishAsync(muter, version, CancellationToken.None);
    }
}
