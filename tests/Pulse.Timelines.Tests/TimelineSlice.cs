using Microsoft.EntityFrameworkCore;
using Npgsql;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Data;
using Pulse.Timelines.Tests;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(TimelineSlice))]

namespace Pulse.Timelines.Tests;

/// <summary>A migrated database and a Redis for all tests of this project; each test takes users of its own.</summary>
public sealed class TimelineSlice : IAsyncLifetime
{
    private readonly SnowflakeGenerator _ids = new(TimeProvider.System, () => 0);
    private LocalPostgres _postgres = null!;
    private LocalRedis _redis = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public IDatabase Cache => Redis.Multiplexer.GetDatabase();

    internal TimelineRedis Redis { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        _postgres = await LocalPostgres.CreateAsync(ct);
        _redis = await LocalRedis.CreateAsync(ct);
        var database = await _postgres.CreateDatabaseAsync("timelinedb", ct);
        Database = NpgsqlDataSource.Create(database);
        await using var context = new TimelineDbContext(new DbContextOptionsBuilder<TimelineDbContext>().UseNpgsql(database).Options);
        await context.Database.MigrateAsync(ct);
        Redis = await TimelineRedis.ConnectAsync(_redis);
    }

    public async ValueTask DisposeAsync()
    {
        Redis.Dispose();
        await Database.DisposeAsync();
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    public UserId NewUser() => new(_ids.Next());

    public PostId NewPost() => new(_ids.Next());

    /// <summary>What one statement answers.</summary>
    public async Task<T> ScalarAsync<T>(string sql, CancellationToken ct, params long[] parameters)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }
}
