using Microsoft.Extensions.Logging;

namespace Pulse.ServiceDefaults.Liveness;

/// <summary>Says in the log what a watch sees.</summary>
internal static partial class LifeWatchReport
{
    public static LifeWatch Report(this LifeWatch watch, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<LifeWatch>();
        watch.OnChange(dead =>
        {
            if (dead) LogDead(logger, watch.Dependency);
            else LogBack(logger, watch.Dependency);
        });
        return watch;
    }

    [LoggerMessage(1501, LogLevel.Warning, "{Dependency} is silent; nobody waits for it any more")]
    private static partial void LogDead(ILogger logger, string dependency);

    [LoggerMessage(1502, LogLevel.Information, "{Dependency} answers again")]
    private static partial void LogBack(ILogger logger, string dependency);
}
