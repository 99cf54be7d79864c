using Npgsql;

namespace Pulse.ServiceDefaults.Postgres;

/// <summary>The smallest question to a Postgres, on a connection that nothing else uses and that stays open. Any answer will do, also an error.</summary>
internal sealed class PostgresProbe(string connectionString) : IDisposable
{
    // Nobody waits for these: they only let the probe try a new connection when the old one leads nowhere.
    private readonly string _direct = new NpgsqlConnectionStringBuilder(connectionString)
    {
        Pooling = false,
        Timeout = 2,
        CommandTimeout = 2,
        CancellationTimeout = -1,
        ApplicationName = "pulse-probe",
    }.ConnectionString;

    private NpgsqlConnection? _connection;

    public async Task AskAsync(CancellationToken ct)
    {
        try
        {
            if (_connection is null)
            {
                _connection = new NpgsqlConnection(_direct);
                await _connection.OpenAsync(ct);
            }

            await using var command = new NpgsqlCommand("SELECT 1", _connection);
            await command.ExecuteScalarAsync(ct);
        }
        catch (Exception exception)
        {
            Dispose();
            if (exception is not PostgresException) throw;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
