using Npgsql;
using Pulse.TestInfrastructure.Processes;

namespace Pulse.TestInfrastructure;

/// <summary>A Postgres with an empty cluster of its own; tests that must not meet take a database each.</summary>
public sealed class LocalPostgres : LocalServer
{
    private LocalPostgres()
        : base("postgres") =>
        ServerFolder.Run(
            Folder,
            "env",
            [.. ServerFolder.RunAs, Tool("initdb"), "--pgdata", Data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]);

    private protected override Signal StopSignal => Signal.Interrupt;

    // What a power cut would lose is lost here: nothing of a test outlives the machine. Commits stay synchronous, or kill -9 would lose some.
    private protected override IReadOnlyList<string> Command =>
        [.. ServerFolder.RunAs, Tool("postgres"), "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "fsync=off", "-c", "full_page_writes=off"];

    private string Data => Path.Combine(Folder, "data");

    /// <summary>Starts a server of its own for the caller.</summary>
    public static async Task<LocalPostgres> CreateAsync(CancellationToken ct)
    {
        var postgres = new LocalPostgres();
        await postgres.StartAsync(ct);
        return postgres;
    }

    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Database = database, Username = "postgres", Timeout = 2 }.ConnectionString;

    /// <summary>Creates an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken ct)
    {
        await ExecuteAsync($"CREATE DATABASE \"{name}\"", ct);
        return ConnectionString(name);
    }

    private protected override async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            await ExecuteAsync("SELECT 1", ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static string Tool(string name) => Path.Combine(LocalTools.Current.PostgresBin, name);

    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
