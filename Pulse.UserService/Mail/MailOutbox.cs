using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;

namespace Pulse.UserService.Mail;

/// <summary>Writes mails down in the transaction of what causes them: none is lost, and none goes out for what did not happen.</summary>
internal sealed class MailOutbox(UserDbContext db, MailSignal signal, SnowflakeGenerator ids, IOptions<MailOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Adds a mail to the caller's transaction, unless the address has had its number of this kind within the hour.</summary>
    public async Task AddAsync(string kind, string recipient, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is null) throw new InvalidOperationException("A mail belongs into the transaction of what causes it.");

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(recipient.ToLowerInvariant()));
        var (now, lifetime) = (clock.GetUtcNow(), kind == MailKind.PasswordReset ? AccountTokens.ResetLifetime : AccountTokens.VerifyLifetime);
        var (since, limit) = (now - Hour, options.Value.PerAddressAndHour);
        // One at a time per address: two that count at the same moment would both find room for one.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({BinaryPrimitives.ReadInt64BigEndian(hash)})", ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO mails (id, kind, recipient, recipient_hash, refusals, next_attempt_at, expires_at, created_at)
            SELECT {ids.Next()}, {kind}, {recipient}, {hash}, 0, {now}, {now + lifetime}, {now}
            WHERE (SELECT count(*) FROM mails WHERE recipient_hash = {hash} AND kind = {kind} AND created_at > {since}) < {limit}
            """,
            ct);
    }

    /// <summary>Call after the commit: the mail then need not wait for the next sweep.</summary>
    public void Wake() => signal.Wake();
}
