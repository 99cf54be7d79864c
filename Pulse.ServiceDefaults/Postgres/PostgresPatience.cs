using Npgsql;

namespace Pulse.ServiceDefaults.Postgres;

/// <summary>How long a request waits for a Postgres that is away, or that is frozen and takes connections without answering.</summary>
public static class PostgresPatience
{
    // A free connection of the pool included.
    private const int ConnectSeconds = 3;
    private const int CommandSeconds = 3;
    // After a time-out the server is asked to cancel; a frozen one will not.
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
