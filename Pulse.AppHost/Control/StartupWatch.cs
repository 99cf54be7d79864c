using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pulse.AppHost.Control;

/// <summary>Waits until every process is healthy or has done its work; the first one that fails ends the start.</summary>
internal sealed class StartupWatch(DistributedApplication app)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TimeProvider _clock = app.Services.GetRequiredService<TimeProvider>();

    public async Task UntilUpAsync(CancellationToken stopping)
    {
        var started = _clock.GetTimestamp();
        var awaited = app.Processes().ToDictionary(r => r, r => r.GetReplicaCount());
        var up = new HashSet<string>(StringComparer.Ordinal);
        var tasks = FindTasks();
        var latest = new Dictionary<string, ResourceEvent>(StringComparer.Ordinal);
        using var deadline = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            await foreach (var change in app.ResourceNotifications.WatchAsync(either.Token))
            {
                if (!awaited.TryGetValue(change.Resource, out var replicas) || up.Contains(change.ResourceId)) continue;
                latest[change.ResourceId] = change;
                if (HasFailed(change.Snapshot)) throw new StartRefusedException(await ExplainAsync(change));
                if (!IsUp(change, tasks)) continue;
                up.Add(change.ResourceId);
                var name = replicas == 1 ? change.Resource.Name : change.ResourceId;
                Console.WriteLine($"  {name,-22}{change.Snapshot.State?.Text.ToLowerInvariant(),-10}{_clock.GetElapsedTime(started).TotalSeconds,5:0.0} s");
                if (up.Count == awaited.Values.Sum()) return;
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            var states = latest.Values.Where(last => !up.Contains(last.ResourceId)).Select(last => $"{last.ResourceId} ({last.Snapshot.State?.Text}{Describe(last.Snapshot)})");
            throw new StartRefusedException($"Not healthy after {Patience.TotalMinutes:0} minutes: {string.Join(", ", states)}");
        }

        stopping.ThrowIfCancellationRequested();
    }

    private static bool IsUp(ResourceEvent change, HashSet<IResource> tasks) =>
        tasks.Contains(change.Resource) ? change.Snapshot.State?.Text == KnownResourceStates.Finished : change.Snapshot.HealthStatus == HealthStatus.Healthy;

    /// <summary>What others wait for to end, such as a migration: it is done when it ends with 0.</summary>
    private HashSet<IResource> FindTasks() =>
        [.. app.Processes().SelectMany(r => r.Annotations.OfType<WaitAnnotation>()).Where(w => w.WaitType == WaitType.WaitForCompletion).Select(w => w.Resource)];

    private static bool HasFailed(CustomResourceSnapshot snapshot) =>
        snapshot.State?.Text == KnownResourceStates.FailedToStart || snapshot.State?.Text == KnownResourceStates.Exited;

    private static string Describe(CustomResourceSnapshot snapshot) =>
        snapshot.HealthReports.Select(r => r.Description).FirstOrDefault(d => d is not null) is { } description ? $": {description}" : "";

    private async Task<string> ExplainAsync(ResourceEvent failed)
    {
        var name = failed.Resource.Name;
        var said = await app.Services.GetRequiredService<ResourceLoggerService>().LastWordsAsync(failed.ResourceId);
        var what = failed.Snapshot.ExitCode is { } code ? $"{name} ended with exit code {code} while Pulse was starting" : $"{name} did not start";
        return said is null ? what : $"{what}: {said}";
    }
}
