using Npgsql;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Drills.Steps;

/// <summary>
/// A table that a transaction of the test keeps locked, so that whoever needs it stands still at exactly that step; released by disposal.
/// </summary>
internal sealed class HeldTable : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly NpgsqlConnection _observer;

    private HeldTable(NpgsqlConnection connection, NpgsqlTransaction transaction, NpgsqlConnection observer) =>
        (_connection, _transaction, _observer) = (connection, transaction, observer);

    /// <summary>Reading goes on, writing waits.</summary>
    public static Task<HeldTable> FromWritersAsync(RunningPulse pulse, string database, string table, CancellationToken ct) =>
        HoldAsync(pulse, database, $"LOCK TABLE {table} IN SHARE MODE", ct);

    /// <summary>Reading waits too.</summary>
    public static Task<HeldTable> FromEverybodyAsync(RunningPulse pulse, string database, string table, CancellationToken ct) =>
        HoldAsync(pulse, database, $"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", ct);

    /// <summary>Returns when somebody waits for this table with a statement that contains <paramref name="statement"/>.</summary>
    public Task StuckAsync(string statement, CancellationToken ct) => Until.TrueAsync(
        async () => await _observer.CountAsync(
            "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid)) AND strpos(query, $2) > 0", ct, _connection.ProcessID, statement) > 0,
        $"somebody waits with {statement}",
        ct);

    /// <summary>Lets everybody go on, and returns when a session has run a statement that contains <paramref name="statement"/> since.</summary>
    public async Task ReleaseAndPassAsync(string statement, CancellationToken ct)
    {
        var before = await _observer.ScalarAsync<DateTime>("SELECT clock_timestamp()", ct);
        await _transaction.RollbackAsync(ct);
        await Until.TrueAsync(
            async () => await _observer.CountAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle' AND state_change > $1 AND strpos(query, $2) > 0", ct, before, statement) > 0,
            $"{statement} has run",
            ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
        await _observer.DisposeAsync();
    }

    private static async Task<HeldTable> HoldAsync(RunningPulse pulse, string database, string statement, CancellationToken ct)
    {
        var address = await pulse.DatabaseAsync(database, ct);
        var observer = new NpgsqlConnection(address);
        await observer.OpenAsync(ct);
        var connection = new NpgsqlConnection(address);
        await connection.OpenAsync(ct);
        var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = new NpgsqlCommand(statement, connection, transaction);
        await command.ExecuteNonQueryAsync(ct);
        return new HeldTable(connection, transaction, observer);
    }
}
