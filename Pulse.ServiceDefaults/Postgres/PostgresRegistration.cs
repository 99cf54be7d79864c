using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Pulse.ServiceDefaults.Postgres;

/// <summary>A data source for the paths that speak SQL themselves; entity work goes through a DbContext.</summary>
public static class PostgresRegistration
{
    // Connecting to a server that is away must fail within a request's patience, and so must a statement that hangs.
    private const int ConnectSeconds = 1;
    private const int CommandSeconds = 10;

    /// <summary>Registers <see cref="NpgsqlDataSource"/> for the connection string <paramref name="connectionName"/>.</summary>
    public static IHostApplicationBuilder AddPostgresDataSource(this IHostApplicationBuilder builder, string connectionName)
    {
        builder.Services.TryAddSingleton(services =>
        {
            var settings = new NpgsqlConnectionStringBuilder(
                services.GetRequiredService<IConfiguration>().GetConnectionString(connectionName)
                ?? throw new InvalidOperationException($"ConnectionStrings:{connectionName} is not configured."))
            {
                Timeout = ConnectSeconds,
                CommandTimeout = CommandSeconds,
                MaxPoolSize = 20,
            };
            return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        });
        builder.Services.AddHealthChecks().AddCheck<PostgresHealth>("postgres");
        return builder;
    }

    private sealed class PostgresHealth(NpgsqlDataSource source) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = source.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException exception)
            {
                return HealthCheckResult.Unhealthy("Postgres does not answer.", exception);
            }
        }
    }
}
