using Pulse.ServiceDefaults.Redis;

namespace Pulse.Gateway.RateLimiting;

internal static class RateLimitingRegistration
{
    private const string Redis = "redis";

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // A single gateway needs none.
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(Redis)))
        {
            builder.AddRedisClient(Redis);
            builder.Services.AddRedisCircuit();
        }

        builder.Services.AddSingleton<SharedWindows>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SharedWindows>());
        builder.Services.AddSingleton<CallLimiter>();
    }

    public static void UseRateLimits(this WebApplication app) => app.UseMiddleware<RateLimitMiddleware>();
}
