using Npgsql;

namespace Pulse.Timelines.Refilling;

/// <summary>One refill at a time, whichever process runs it.</summary>
public sealed class RefillTurn : IAsyncDisposable
{
    // Any number that nothing else in timelinedb locks.
    private const long Key = 0x7075_6c73_6501;

    private readonly NpgsqlConnection _connection;

    private RefillTurn(NpgsqlConnection connection) => _connection = connection;

    /// <returns>The turn, which ends with its disposal; null while somebody else has it.</returns>
    public static async Task<RefillTurn?> TryTakeAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = Key } } };
        if (await command.ExecuteScalarAsync(ct) is true) return new RefillTurn(connection);

        await connection.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", _connection) { Parameters = { new() { Value = Key } } };
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection is lost, and the lock with it.
        }

        await _connection.DisposeAsync();
    }
}
