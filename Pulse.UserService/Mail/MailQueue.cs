using Npgsql;

namespace Pulse.UserService.Mail;

/// <summary>A mail that this process has for itself until its lease ends.</summary>
internal sealed record ClaimedMail(long Id, string Kind, string Recipient, int Refusals);

/// <summary>The sender's SQL. <c>SKIP LOCKED</c> lets every replica send; a claim is a lease, so that a sender that dies gives its mail back.</summary>
internal sealed class MailQueue(NpgsqlDataSource source, TimeProvider clock)
{
    /// <summary>The oldest mail that is due, if any.</summary>
    public async Task<ClaimedMail?> ClaimAsync(TimeSpan lease, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var command = source.CreateCommand(
            """
            UPDATE mails SET next_attempt_at = $2
            WHERE id = (
                SELECT id FROM mails WHERE closed_at IS NULL AND next_attempt_at <= $1 AND expires_at > $1
                ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, kind, recipient, refusals
            """);
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + lease });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new ClaimedMail(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3)) : null;
    }

    /// <summary>Sent, or not to be sent: the address goes.</summary>
    public async Task CloseAsync(ClaimedMail mail, CancellationToken ct)
    {
        await using var command = source.CreateCommand("UPDATE mails SET closed_at = $2, recipient = NULL WHERE id = $1");
        command.Parameters.Add(new() { Value = mail.Id });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>To be tried again.</summary>
    public async Task PostponeAsync(ClaimedMail mail, TimeSpan pause, bool refused, CancellationToken ct)
    {
        await using var command = source.CreateCommand("UPDATE mails SET next_attempt_at = $2, refusals = refusals + $3 WHERE id = $1 AND closed_at IS NULL");
        command.Parameters.Add(new() { Value = mail.Id });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() + pause });
        command.Parameters.Add(new() { Value = refused ? 1 : 0 });
        await command.ExecuteNonQueryAsync(ct);
    }
}
