using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql;
using Pulse.Messaging.Outbox;
using Pulse.Messaging.Tests.Outbox;
using Pulse.TestInfrastructure;

[assembly: AssemblyFixture(typeof(OutboxServer))]

namespace Pulse.Messaging.Tests.Outbox;

/// <summary>A real Postgres; each test takes a database with an outbox.</summary>
public sealed class OutboxServer : IAsyncLifetime
{
    private LocalPostgres _postgres = null!;
    private int _databases;

    public async ValueTask InitializeAsync() => _postgres = await LocalPostgres.CreateAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    internal async Task<OutboxDatabase> CreateAsync(CancellationToken ct)
    {
        var connectionString = await _postgres.CreateDatabaseAsync($"outbox{Interlocked.Increment(ref _databases)}", ct);
        var source = NpgsqlDataSource.Create(connectionString + ";Application Name=" + OutboxDatabase.Operator);
        var migration = new MigrationBuilder("Npgsql.EntityFrameworkCore.PostgreSQL");
        migration.CreateOutbox();
        foreach (var operation in migration.Operations.OfType<SqlOperation>())
        {
            await using var command = source.CreateCommand(operation.Sql);
            await command.ExecuteNonQueryAsync(ct);
        }

        return new OutboxDatabase(source, NpgsqlDataSource.Create(connectionString));
    }
}

/// <summary>One database with the connections of an operator, who writes and looks, and those of the relays.</summary>
internal sealed class OutboxDatabase(NpgsqlDataSource source, NpgsqlDataSource relays) : IAsyncDisposable
{
    public const string Operator = "operator";
    public const string Topic = "topic";

    public NpgsqlDataSource Relays => relays;

    /// <summary>Commits <paramref name="count"/> events with the ids 1, 2, … above those that stand there.</summary>
    public async Task<long[]> AddAsync(int count, CancellationToken ct, string? traceParent = null)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO outbox (id, topic, type, group_key, body, trace_parent, created_at)
            SELECT (SELECT coalesce(max(id), 0) FROM outbox) + n, 'topic', 'post.deleted', '7', '{}', $2, now() FROM generate_series(1, $1) n
            RETURNING id
            """);
        command.Parameters.Add(new() { Value = count });
        command.Parameters.Add(new() { Value = (object?)traceParent ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        List<long> ids = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetInt64(0));
        return [.. ids];
    }

    public async Task<long[]> PendingAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM outbox WHERE published_at IS NULL");
        return (long[])(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task<bool> IsDrainedAsync(CancellationToken ct) => (await PendingAsync(ct)).Length == 0;

    public async Task<long[]> AllAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM outbox");
        return (long[])(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task MarkPublishedAsync(long id, TimeSpan ago, CancellationToken ct)
    {
        await using var command = source.CreateCommand("UPDATE outbox SET published_at = now() - $2 WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = ago });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task AgeAsync(long id, TimeSpan by, CancellationToken ct)
    {
        await using var command = source.CreateCommand("UPDATE outbox SET created_at = created_at - $2 WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = by });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What the server sees of a relay process that is killed: its connections end.</summary>
    public async Task KillConnectionsAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name <> $1");
        command.Parameters.Add(new() { Value = Operator });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await relays.DisposeAsync();
        await source.DisposeAsync();
    }
}
