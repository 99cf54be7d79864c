using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Pulse.ServiceDefaults.Redis;

public static class RedisCircuitRegistration
{
    /// <summary>Adds <see cref="RedisCircuit"/> over the <c>IConnectionMultiplexer</c> that <c>AddRedisClient</c> registers.</summary>
    public static IServiceCollection AddRedisCircuit(this IServiceCollection services)
    {
        services.TryAddSingleton<RedisCircuit>();
        return services;
    }
}
