using Npgsql;

namespace Pulse.ServiceDefaults.Postgres;

/// <summary>How long a request waits for a Postgres that is slow. One that is away or frozen is no matter of patience: <see cref="PostgresLine"/> tells at once.</summary>
public static class PostgresPatience
{
    // A free connection of the pool included.
    private const int ConnectSeconds = 3;
    // Below the gateway's patience with a whole call.
    private const int CommandSeconds = 4;
    // After a time-out the server is asked to cancel.
    private const int CancelMilliseconds = 500;
    private const int PoolSize = 40;

    /// <summary>The same connection with limits.</summary>
    public static string? Bound(string? connectionString) => connectionString is null ? null : new NpgsqlConnectionStringBuilder(connectionString)
    {
        Timeout = ConnectSeconds,
        CommandTimeout = CommandSeconds,
        CancellationTimeout = CancelMilliseconds,
        MaxPoolSize = PoolSize,
    }.ConnectionString;
}
