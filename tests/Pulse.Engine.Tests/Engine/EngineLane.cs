using Microsoft.EntityFrameworkCore;
using Npgsql;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Data;
using StackExchange.Redis;

namespace Pulse.Engine.Tests.Engine;

/// <summary>A database and a Redis of its own for one history at a time.</summary>
internal sealed class EngineLane : IAsyncDisposable
{
    private readonly LocalRedis _server;

    private EngineLane(LocalRedis server, ConnectionMultiplexer connection, NpgsqlDataSource database)
    {
        (_server, Database) = (server, database);
        Connection = connection;
        Redis = Probe.Around(connection);
    }

    public NpgsqlDataSource Database { get; }

    public ConnectionMultiplexer Connection { get; }

    /// <summary>The same connection, watched by <see cref="Probe"/>.</summary>
    public IConnectionMultiplexer Redis { get; }

    public IDatabase Cache => Connection.GetDatabase();

    public static async Task<EngineLane> CreateAsync(LocalPostgres postgres, string name, CancellationToken ct)
    {
        var address = await postgres.CreateDatabaseAsync(name, ct);
        await using (var context = new TimelineDbContext(new DbContextOptionsBuilder<TimelineDbContext>().UseNpgsql(address).Options)) await context.Database.MigrateAsync(ct);
        var redis = await LocalRedis.CreateAsync(ct);
        var options = new ConfigurationOptions { EndPoints = { redis.ConnectionString }, AbortOnConnectFail = false, AllowAdmin = true };
        return new EngineLane(redis, await ConnectionMultiplexer.ConnectAsync(options), NpgsqlDataSource.Create(address));
    }

    public Task FlushAsync(CancellationToken ct) => _server.FlushAsync(ct);

    /// <summary>Nothing of an earlier history is left.</summary>
    public async Task ResetAsync(CancellationToken ct)
    {
        await FlushAsync(ct);
        await ExecuteAsync("DELETE FROM follow_edges; DELETE FROM block_edges; DELETE FROM mute_edges; DELETE FROM authors; DELETE FROM author_posts; DELETE FROM pull_authors", ct);
    }

    /// <summary>Another life of Redis in which everything of the last one stands again: a stale restore.</summary>
    public async Task RestartAsync(bool restore, CancellationToken ct)
    {
        List<(RedisKey Key, byte[] Dump)> kept = [];
        if (restore)
        {
            foreach (var key in Connection.GetServer(_server.ConnectionString).Keys()) kept.Add((key, (await Cache.KeyDumpAsync(key))!));
        }

        await _server.KillAsync(ct);
        await _server.StartAsync(ct);
        await Until.TrueAsync(ReconnectedAsync, "the client has reconnected", ct);
        foreach (var (key, dump) in kept) await Cache.KeyRestoreAsync(key, dump);
    }

    public async Task ExecuteAsync(string sql, CancellationToken ct, params long[] parameters)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        await Database.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<bool> ReconnectedAsync()
    {
        try
        {
            await Cache.PingAsync();
            return Connection.IsConnected;
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
