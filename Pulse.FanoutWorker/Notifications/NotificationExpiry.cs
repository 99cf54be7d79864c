using Pulse.ServiceDefaults.Problems;
using Pulse.Timelines.Notifications;

namespace Pulse.FanoutWorker.Notifications;

/// <summary>Removes notifications that are too old. Every worker does; they skip each other's rows.</summary>
internal sealed partial class NotificationExpiry(NotificationRetention retention, TimeProvider clock, ILogger<NotificationExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                var expired = await retention.ExpireAsync(stoppingToken);
                if (expired > 0) LogExpired(expired);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The next turn has them; an outage is told by the pumps.
                if (!Outage.Is(exception)) LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(7301, LogLevel.Information, "Removed {Count} old notifications")]
    private partial void LogExpired(long count);

    [LoggerMessage(7302, LogLevel.Warning, "Old notifications could not be removed; the next turn tries again")]
    private partial void LogFailed(Exception exception);
}
