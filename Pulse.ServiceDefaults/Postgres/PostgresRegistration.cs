using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Pulse.ServiceDefaults.Liveness;

namespace Pulse.ServiceDefaults.Postgres;

/// <summary>A data source for the paths that speak SQL themselves; entity work goes through a DbContext.</summary>
public static class PostgresRegistration
{
    /// <summary>Key of a data source without pool and line: its connections live and die with the server's sessions, not with its answers.</summary>
    public const string Direct = "direct";

    /// <summary>Registers <see cref="NpgsqlDataSource"/> for the connection string <paramref name="connectionName"/>, and beside it the one of <see cref="Direct"/>.</summary>
    public static IHostApplicationBuilder AddPostgresDataSource(this IHostApplicationBuilder builder, string connectionName)
    {
        builder.PostgresLines();
        builder.Services.TryAddSingleton(services =>
            new NpgsqlDataSourceBuilder(services.GetRequiredService<PostgresLines>().Through(Configured(services, connectionName))).Build());
        builder.Services.TryAddKeyedSingleton(Direct, (services, _) =>
            new NpgsqlDataSourceBuilder(PostgresPatience.Bound(Configured(services, connectionName)) + ";Pooling=false").Build());
        builder.Services.AddHealthChecks().AddCheck<PostgresHealth>("postgres");
        builder.Services.AddHostedService<PostgresReport>();
        return builder;
    }

    private static string Configured(IServiceProvider services, string connectionName) =>
        services.GetRequiredService<IConfiguration>().GetConnectionString(connectionName)
        ?? throw new InvalidOperationException($"ConnectionStrings:{connectionName} is not configured.");

    private sealed class PostgresHealth(NpgsqlDataSource source) : IHealthCheck
    {
        // The command does not get the token: it would ask a silent server to cancel, and wait for that.
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            CheckAsync().WaitAsync(cancellationToken);

        private async Task<HealthCheckResult> CheckAsync()
        {
            try
            {
                await using var command = source.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(CancellationToken.None);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException exception)
            {
                return HealthCheckResult.Unhealthy("Postgres does not answer.", exception);
            }
        }
    }

    /// <summary>Watches from the start, so that the first request already knows.</summary>
    private sealed class PostgresReport(NpgsqlDataSource source, PostgresLines lines, ILoggerFactory loggers) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            // Asked for above all so that it is made, and its line with it.
            ArgumentNullException.ThrowIfNull(source);
            foreach (var watch in lines.Watches) watch.Report(loggers).Begin();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
