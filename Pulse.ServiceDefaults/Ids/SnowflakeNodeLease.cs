using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Postgres;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.ServiceDefaults.Ids;

/// <summary>
/// Holds a snowflake node number that no other process on the same database has, by a Postgres advisory lock that
/// lives as long as its session.
/// </summary>
/// <remarks>
/// A slow answer says nothing about the lock, and ids go on; the end of the connection does, and is seen at once, because the lease
/// listens to it between its heartbeats. What it cannot see is a session that ended without a word: the server's host died, or the
/// network did. Therefore nothing is minted later than <see cref="Trust"/> after the last answered heartbeat was <em>sent</em>, which is sooner than a
/// standby takes over or a server gives up a connection. When the answer comes after all, the session never ended, and the node is still ours.
/// </remarks>
/// <param name="source">Of connections that no one else breaks or shares.</param>
/// <param name="clock">Measures <see cref="Trust"/>.</param>
/// <param name="logger">Tells of leases.</param>
public sealed partial class SnowflakeNodeLease(NpgsqlDataSource source, TimeProvider clock, ILogger<SnowflakeNodeLease> logger) : BackgroundService
{
    /// <summary>How long a heartbeat vouches for the lock.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(5);

    /// <summary>First key of the advisory locks; the second is the node number.</summary>
    private const int LockClass = 0x50554C53;
    private const int None = -1;

    // A connection that leads nowhere: only a new one can be told so.
    private const int HeartbeatSeconds = 30;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private volatile int _node = None;
    private long _vouchedAt;

    /// <summary>The node number.</summary>
    /// <exception cref="DependencyUnavailableException">None is held for certain: the database is away or the process has just started.</exception>
    public int Node => _node is var node && node != None && clock.GetElapsedTime(Volatile.Read(ref _vouchedAt)) < Trust
        ? node
        : throw new DependencyUnavailableException("postgres");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not the same for all: a node that was just lost is not the first that the next process asks for.
        var preferred = RandomNumberGenerator.GetInt32(Snowflake.MaxNode + 1);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(stoppingToken);
                var asked = clock.GetTimestamp();
                preferred = await LeaseAsync(connection, preferred, stoppingToken);
                Volatile.Write(ref _vouchedAt, asked);
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

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        await using var command = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = HeartbeatSeconds };
        while (true)
        {
            // Nobody notifies: this is a pause that ends when the connection does.
            await connection.WaitAsync(Heartbeat, ct);
            var asked = clock.GetTimestamp();
            await command.ExecuteScalarAsync(ct);
            Volatile.Write(ref _vouchedAt, asked);
        }
    }

    [LoggerMessage(1301, LogLevel.Information, "Mints ids as node {Node}")]
    private partial void LogLeased(int node);

    [LoggerMessage(1302, LogLevel.Warning, "The lease of node {Node} is lost; no id is minted until one is held again")]
    private partial void LogLost(int node, Exception exception);
}

public static class SnowflakeRegistration
{
    /// <summary>Registers <see cref="SnowflakeGenerator"/> with a leased node; needs <c>AddPostgresDataSource</c>.</summary>
    public static IServiceCollection AddSnowflakeIds(this IServiceCollection services)
    {
        services.AddSingleton(provider => new SnowflakeNodeLease(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(PostgresRegistration.Direct),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SnowflakeNodeLease>>()));
        services.AddHostedService(provider => provider.GetRequiredService<SnowflakeNodeLease>());
        services.AddSingleton(provider =>
        {
            var lease = provider.GetRequiredService<SnowflakeNodeLease>();
            return new SnowflakeGenerator(provider.GetRequiredService<TimeProvider>(), () => lease.Node);
        });
        return services;
    }
}
