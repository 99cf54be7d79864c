using Microsoft.Extensions.Options;
using Npgsql;
using Pulse.ServiceDefaults.Background;
using Pulse.UserService.Accounts;

namespace Pulse.UserService.Data;

/// <summary>Deletes what has no meaning any more, a few thousand rows at a time. Every replica does; they skip each other's rows.</summary>
internal sealed class ExpiredRows(NpgsqlDataSource source, IOptions<LockoutOptions> lockout, TimeProvider clock, ILogger<ExpiredRows> logger)
    : PeriodicService(TimeSpan.FromMinutes(5), clock, logger)
{
    private const int BatchSize = 5_000;

    // $1 is now. A refresh token that expired or was revoked is refused with its row and without; a used one stays for as long as it
    // could be replayed, since that must end its family. Closed mails count for the limit of an hour.
    private static readonly (string Table, string Condition)[] Expired =
    [
        ("refresh_tokens", "expires_at < $1 OR revoked_at < $1 - interval '1 hour'"),
        ("account_tokens", "expires_at < $1"),
        ("login_attempts", "ends_at < $1"),
        ("revocations", "expires_at < $1"),
        ("mails", "expires_at < $1 - interval '1 hour' OR closed_at < $1 - interval '1 day'"),
    ];

    protected override Task RunAsync(CancellationToken ct) => DeleteAsync(ct);

    /// <returns>How many rows went.</returns>
    internal async Task<long> DeleteAsync(CancellationToken ct)
    {
        var deleted = 0L;
        foreach (var (table, condition) in Expired) deleted += await DeleteAsync(table, $"{condition} LIMIT {BatchSize}", Clock.GetUtcNow(), ct);
        // Names that were made up, beyond what is kept of them: those whose time ends first.
        return deleted + await DeleteAsync("login_attempts", $"true ORDER BY ends_at DESC OFFSET $1 LIMIT {BatchSize}", lockout.Value.MaxRows, ct);
    }

    private async Task<long> DeleteAsync(string table, string condition, object parameter, CancellationToken ct)
    {
        var deleted = 0L;
        int batch;
        do
        {
            await using var command = source.CreateCommand($"DELETE FROM {table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM {table} WHERE {condition} FOR UPDATE SKIP LOCKED))");
            command.Parameters.Add(new() { Value = parameter });
            deleted += batch = await command.ExecuteNonQueryAsync(ct);
        }
        while (batch == BatchSize);

        return deleted;
    }
}
