using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Pulse.PostService.Data;
using Pulse.PostService.Posts;

namespace Pulse.PostService.Tests.Data;

public sealed class MigrationTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Model_AndMigrations_DoNotDrift()
    {
        await using var scope = app.Services.CreateAsyncScope();

        Assert.False(scope.ServiceProvider.GetRequiredService<PostDbContext>().Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Migrations_DownAndUp_Work()
    {
        var connectionString = await app.Postgres.CreateDatabaseAsync("down_and_up", Ct);
        await using var db = new PostDbContext(new DbContextOptionsBuilder<PostDbContext>().UseNpgsql(connectionString).Options);

        await db.Database.MigrateAsync(Ct);
        await db.GetService<IMigrator>().MigrateAsync(Migration.InitialDatabase, Ct);
        await db.Database.MigrateAsync(Ct);

        Assert.Empty(await db.Posts.ToListAsync(Ct));
        Assert.Empty(await db.Outbox.ToListAsync(Ct));
    }

    [Fact]
    public async Task Migrate_TheVerb_MigratesAndLeaves()
    {
        var connectionString = await app.Postgres.CreateDatabaseAsync("by_the_verb", Ct);

        Assert.Equal(0, await RunAsync(connectionString));
        Assert.Equal(0, await RunAsync(connectionString));

        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT count(*) FROM posts");
        Assert.Equal(0L, await command.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task Migrate_DatabaseAway_FailsWithOne() =>
        Assert.Equal(1, await RunAsync("Host=127.0.0.1;Port=1;Database=none;Username=postgres;Timeout=1"));

    // The entry point itself, as the AppHost starts it: without the settings of a running server. The verb is last: what
    // follows a word without a value would be taken for its value.
    private static async Task<int> RunAsync(string connectionString) =>
        await (Task<int>)typeof(PostsApi).Assembly.EntryPoint!.DeclaringType!
            .GetMethod("<Main>$", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .Invoke(obj: null, [(string[])[$"--ConnectionStrings:postsdb={connectionString}", "--migrate"]])!;
}
