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
    /// <summary>Registers <see cref="NpgsqlDataSource"/> for the connection string <paramref name="connectionName"/>.</summary>
    public static IHostApplicationBuilder AddPostgresDataSource(this IHostApplicationBuilder builder, string connectionName)
    {
        builder.Services.TryAddSingleton(services => new NpgsqlDataSourceBuilder(PostgresPatience.Bound(
            services.GetRequiredService<IConfiguration>().GetConnectionString(connectionName)
            ?? throw new InvalidOperationException($"ConnectionStrings:{connectionName} is not configured."))).Build());
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
