using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>Connects at host start, beside it: a cache that is away is no reason to start late. The client keeps trying by itself.</summary>
internal sealed partial class RedisActivation(IServiceProvider services, ILogger<RedisActivation> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(
        () =>
        {
            try
            {
                _ = services.GetRequiredService<IConnectionMultiplexer>();
            }
            catch (Exception e)
            {
                // Whoever needs the client will meet the same error; a background failure would take the host down instead.
                LogNotActivated(logger, e);
            }
        },
        stoppingToken);

    [LoggerMessage(1, LogLevel.Error, "The Redis client could not be created")]
    private static partial void LogNotActivated(ILogger logger, Exception exception);
}
