using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Pulse.AppHost.Control;

namespace Pulse.AppHost.Local;

/// <summary>A Postgres server as a process; `postgres.sh` makes its data folder at the first start and turns SIGTERM into a fast shutdown.</summary>
internal sealed class LocalPostgres(string name, string script, string workingDirectory, ParameterResource password)
    : ExecutableResource(name, "/bin/sh", workingDirectory), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";

    public string Script { get; } = script;

    public ParameterResource Password { get; } = password;

    public List<string> Databases { get; } = [];

    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var endpoint = this.GetEndpoint(EndpointName);
            return ReferenceExpression.Create(
                $"Host={endpoint.Property(EndpointProperty.Host)};Port={endpoint.Property(EndpointProperty.Port)};Username=postgres;Password={Password}");
        }
    }
}

internal sealed class LocalDatabase(string name, LocalPostgres parent) : Resource(name), IResourceWithParent<LocalPostgres>, IResourceWithConnectionString
{
    public LocalPostgres Parent { get; } = parent;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={Name}");
}

internal static class LocalPostgresRegistration
{
    public static IResourceBuilder<LocalPostgres> AddLocalPostgres(this IDistributedApplicationBuilder builder, string name, PulseRun run)
    {
        var password = builder.AddParameter($"{name}-password", () => run.Secret($"{name}-password"), secret: true);
        var script = Path.Combine(builder.AppHostDirectory, "Local", "postgres.sh");
        var server = new LocalPostgres(name, script, run.DataDirectory, password.Resource);
        var health = $"{name}_ready";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(health, new PostgresHealthCheck(server), failureStatus: null, tags: null));

        return builder.AddResource(server)
            .WithArgs(server.Script)
            .WithEndpoint(scheme: "tcp", name: LocalPostgres.EndpointName, env: "POSTGRES_PORT")
            .WithEndpoint(LocalPostgres.EndpointName, endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithEnvironment("POSTGRES_BIN", run.Tools.PostgresBin)
            .WithEnvironment("POSTGRES_DATA", Path.Combine(run.DataDirectory, "postgres"))
            .WithEnvironment("POSTGRES_PASSWORD", password)
            .WithHealthCheck(health)
            .OnResourceReady((resource, ready, ct) => CreateDatabasesAsync(resource, ready.Services.GetRequiredService<ResourceLoggerService>(), ct));
    }

    public static IResourceBuilder<IResourceWithConnectionString> AddDatabase(this IResourceBuilder<LocalPostgres> server, string name)
    {
        server.Resource.Databases.Add(name);
        return server.ApplicationBuilder.AddResource(new LocalDatabase(name, server.Resource));
    }

    /// <summary>Whoever waits for the server waits for this too.</summary>
    private static async Task CreateDatabasesAsync(LocalPostgres server, ResourceLoggerService logs, CancellationToken ct)
    {
        await using var connection = await OpenAsync(server, ct);
        foreach (var database in server.Databases)
        {
            await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = database } } };
            if (await exists.ExecuteScalarAsync(ct) is not null) continue;
            await using var create = new NpgsqlCommand($"CREATE DATABASE {QuoteIdentifier(database)}", connection);
            await create.ExecuteNonQueryAsync(ct);
            LogMessages.DatabaseCreated(logs.GetLogger(server), database);
        }
    }

    private static string QuoteIdentifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<NpgsqlConnection> OpenAsync(LocalPostgres server, CancellationToken ct)
    {
        // No pool: an idle connection of this process would delay the server's shutdown.
        var connection = new NpgsqlConnection($"{await ((IResourceWithConnectionString)server).GetConnectionStringAsync(ct)};Database=postgres;Pooling=false;Timeout=5");
        await connection.OpenAsync(ct);
        return connection;
    }

    private sealed class PostgresHealthCheck(LocalPostgres server) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var connection = await OpenAsync(server, cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException failure)
            {
                return HealthCheckResult.Unhealthy(failure.Message);
            }
        }
    }
}
