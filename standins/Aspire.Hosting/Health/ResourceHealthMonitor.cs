using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health;

/// <summary>Asks the health checks of a running resource: often while it is not healthy, seldom once it is.</summary>
internal sealed class ResourceHealthMonitor(HealthCheckService checks, ResourceNotificationService notifications, TimeProvider clock)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);

    /// <summary>Runs until the process has gone; <paramref name="onHealthy"/> is called once, at the first healthy answer.</summary>
    public async Task WatchAsync(IResource resource, string resourceId, Func<Task> onHealthy, CancellationToken ct)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key).ToHashSet(StringComparer.Ordinal);
        var announced = keys.Count == 0;
        if (announced) await onHealthy();
        if (keys.Count == 0) return;

        var pause = Shortest;
        while (!ct.IsCancellationRequested)
        {
            var report = await checks.CheckHealthAsync(r => keys.Contains(r.Name), ct);
            await notifications.PublishUpdateAsync(resource, resourceId, s => s with { HealthReports = [.. report.Entries.Select(ToSnapshot)] });
            var healthy = report.Status == HealthStatus.Healthy;
            if (healthy && !announced)
            {
                announced = true;
                await onHealthy();
            }

            pause = healthy ? WhileHealthy
                : pause == WhileHealthy ? Shortest
                : pause * 1.4 < Longest ? pause * 1.4 : Longest;
            await Task.Delay(pause, clock, ct);
        }
    }

    private HealthReportSnapshot ToSnapshot(KeyValuePair<string, HealthReportEntry> entry) =>
        new(entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.ToString()) { LastRunAt = clock.GetUtcNow().UtcDateTime };
}
