using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Pulse.StandIns.Tests.Aspire;

public sealed class NpgsqlDbContextTests
{
    private const string ConnectionString = "Host=127.0.0.1;Port=1;Database=users;Username=u;Password=p";

    [Fact]
    public void AddNpgsqlDbContext_Defaults_RetriesAndChecksHealth()
    {
        using var host = Build(("ConnectionStrings:users", ConnectionString));
        using var scope = host.Services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersContext>();

        Assert.True(db.Database.CreateExecutionStrategy().RetriesOnFailure);
        Assert.Equal("users", db.Database.GetDbConnection().Database);
        var checks = host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations;
        Assert.Contains(checks, c => string.Equals(c.Name, nameof(UsersContext), StringComparison.Ordinal));
    }

    [Fact]
    public void AddNpgsqlDbContext_SettingsOfTheContext_Win()
    {
        const string Section = "Aspire:Npgsql:EntityFrameworkCore:PostgreSQL";
        using var host = Build(
            ("ConnectionStrings:users", ConnectionString),
            ($"{Section}:CommandTimeout", "30"),
            ($"{Section}:{nameof(UsersContext)}:CommandTimeout", "7"),
            ($"{Section}:{nameof(UsersContext)}:DisableRetry", "true"),
            ($"{Section}:{nameof(UsersContext)}:DisableHealthChecks", "true"));
        using var scope = host.Services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersContext>();

        Assert.Equal(7, db.Database.GetCommandTimeout());
        Assert.False(db.Database.CreateExecutionStrategy().RetriesOnFailure);
        Assert.Null(host.Services.GetService<IOptions<HealthCheckServiceOptions>>()?.Value.Registrations.FirstOrDefault());
    }

    [Fact]
    public void AddNpgsqlDbContext_NoConnectionString_SaysWhereItBelongs()
    {
        using var host = Build();
        using var scope = host.Services.CreateScope();

        var e = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<UsersContext>());

        Assert.Contains("ConnectionStrings:users", e.Message, StringComparison.Ordinal);
    }

    private static IHost Build(params (string Key, string Value)[] configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(configuration.Select(c => KeyValuePair.Create(c.Key, (string?)c.Value)));
        builder.AddNpgsqlDbContext<UsersContext>("users");
        return builder.Build();
    }

    private sealed class UsersContext(DbContextOptions<UsersContext> options) : DbContext(options);
}
