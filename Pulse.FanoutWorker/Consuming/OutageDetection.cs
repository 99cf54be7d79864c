using Npgsql;
using Pulse.Messaging.Queues;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;

namespace Pulse.FanoutWorker.Consuming;

/// <summary>The worker needs Postgres and Redis; while one of them is away its pumps wait instead of failing messages.</summary>
internal sealed class OutageDetection(NpgsqlDataSource postgres, RedisCircuit redis) : IOutageDetector
{
    public bool IsOutage(Exception exception) => Outage.Is(exception);

    public async Task<bool> IsHealthyAsync(CancellationToken ct)
    {
        await using var command = postgres.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(ct);
        return await redis.TryRunAsync(db => db.PingAsync(), ct);
    }
}

internal static class OutageDetectionRegistration
{
    public static IServiceCollection AddOutageDetection(this IServiceCollection services) =>
        services.AddSingleton<IOutageDetector, OutageDetection>();
}
