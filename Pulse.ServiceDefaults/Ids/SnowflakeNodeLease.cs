using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.ServiceDefaults.Ids;

/// <summary>
/// Holds a snowflake node number that no other process on the same database has, by a Postgres advisory lock that
/// lives as long as its connection.
/// </summary>
public sealed partial class SnowflakeNodeLease(NpgsqlDataSource source, TimeProvider clock, ILogger<SnowflakeNodeLease> logger) : BackgroundService
{
    /// <summary>First key of the advisory locks; the second is the node number.</summary>
    private const int LockClass = 0x50554C53;
    private const int None = -1;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    private volatile int _node = None;

    /// <summary>The node number.</summary>
    /// <exception cref="DependencyUnavailableException">None is held: the database is away or the process has just started.</exception>
    public int Node => _node is var node && node != None ? node : throw new DependencyUnavailableException("postgres");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var preferred = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(stoppingToken);
                preferred = await LeaseAsync(connection, preferred, stoppingToken);
                _node = preferred;
                LogLeased(preferred);
                await HoldAsync(connection, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (Outage.Is(exception))
            {
                if (_node != None) LogLost(preferred, exception);
            }
            finally
            {
                _node = None;
            }

            await Task.Delay(Heartbeat, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<int> LeaseAsync(NpgsqlConnection connection, int preferred, CancellationToken ct)
    {
        for (var offset = 0; offset <= Snowflake.MaxNode; offset++)
        {
            var node = (preferred + offset) & Snowflake.MaxNode;
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1, $2)", connection)
            {
                Parameters = { new() { Value = LockClass }, new() { Value = node } },
            };
            if (await command.ExecuteScalarAsync(ct) is true) return node;
        }

        throw new InvalidOperationException($"All {Snowflake.MaxNode + 1} snowflake node numbers are leased.");
    }

    private async Task HoldAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 2 };
        while (true)
        {
            await Task.Delay(Heartbeat, clock, ct);
            await command.ExecuteScalarAsync(ct);
        }
    }

    [LoggerMessage(1301, LogLevel.Information, "Mints ids as node {Node}")]
    private partial void LogLeased(int node);

    [LoggerMessage(1302, LogLevel.Warning, "The lease of node {Node} is lost; no id is minted until one is held again")]
    private partial void LogLost(int node, Exception exception);
}

public static class SnowflakeRegistration
{
    /// <summary>Registers <see cref="SnowflakeGenerator"/> with a leased node; needs an <see cref="NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddSnowflakeIds(this IServiceCollection services)
    {
        services.AddSingleton<SnowflakeNodeLease>();
        services.AddHostedService(provider => provider.GetRequiredService<SnowflakeNodeLease>());
        services.AddSingleton(provider =>
        {
            var lease = provider.GetRequiredService<SnowflakeNodeLease>();
            return new SnowflakeGenerator(provider.GetRequiredService<TimeProvider>(), () => lease.Node);
        });
        return services;
    }
}
