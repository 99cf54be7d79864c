using Pulse.ServiceDefaults.Background;
using Pulse.Timelines.Notifications;

namespace Pulse.FanoutWorker.Notifications;

/// <summary>Removes notifications that are too old. Every worker does; they skip each other's rows.</summary>
internal sealed partial class NotificationExpiry(NotificationRetention retention, TimeProvider clock, ILogger<NotificationExpiry> logger)
    : PeriodicService(TimeSpan.FromMinutes(10), clock, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        var expired = await retention.ExpireAsync(ct);
        if (expired > 0) LogExpired(expired);
    }

    [LoggerMessage(7301, LogLevel.Information, "Removed {Count} old notifications")]
    private partial void LogExpired(long count);
}
