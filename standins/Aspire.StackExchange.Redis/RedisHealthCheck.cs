using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

internal sealed class RedisHealthCheck(IServiceProvider services) : IHealthCheck
{
    // Asynchronous calls of client 1.2.6 never time out by themselves.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Asked for here and not in the constructor, so that a client that cannot be created is an unhealthy report.
            var redis = (IConnectionMultiplexer?)services.GetService(typeof(IConnectionMultiplexer))
                ?? throw new InvalidOperationException("No IConnectionMultiplexer is registered");
            foreach (var endpoint in redis.GetEndPoints(configuredOnly: true))
                await redis.GetServer(endpoint).PingAsync().WaitAsync(Patience, cancellationToken);

            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: e);
        }
    }
}
