using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Supervision;

/// <summary>The life of one process of a resource: wait, start, watch, end; again after each start command.</summary>
internal sealed class ResourceRunner(IResource resource, IServiceProvider services)
{
    // Longer than the drain of a web host, shorter than a person's patience.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly ResourceNotificationService _notifications = services.GetRequiredService<ResourceNotificationService>();
    private readonly ResourceHealthMonitor _health = services.GetRequiredService<ResourceHealthMonitor>();
    private readonly IDistributedApplicationEventing _eventing = services.GetRequiredService<IDistributedApplicationEventing>();
    private readonly TimeProvider _clock = services.GetRequiredService<TimeProvider>();
    private readonly ResourceLog _log = services.GetRequiredService<ResourceLoggerService>().LogOf(resource.Name);
    private readonly ResourceInstance _instance = ResourceInstance.Of(resource);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private CancellationTokenSource _stopping = new();
    private Task _life = Task.CompletedTask;

    public IResource Resource => resource;

    public async Task StartAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_life.IsCompleted) return;
            _stopping.Dispose();
            _stopping = new CancellationTokenSource();
            await PublishAsync(s => s with
            {
                State = KnownResourceStates.Starting,
                CreationTimeStamp = s.CreationTimeStamp ?? Now(),
                ExitCode = null,
                StopTimeStamp = null,
                HealthReports = [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => new HealthReportSnapshot(a.Key, Status: null, Description: null, ExceptionText: null))],
                ResourceReadyEvent = null,
            });
            _life = LiveAsync(_stopping.Token);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Returns when the process has gone; a cancelled <paramref name="impatient"/> skips the rest of the grace.</summary>
    public async Task StopAsync(CancellationToken impatient)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            _impatient = impatient;
            await _stopping.CancelAsync();
            await _life;
        }
        finally
        {
            _gate.Release();
        }
    }

    private CancellationToken _impatient;

    private async Task LiveAsync(CancellationToken stopping)
    {
        await Task.Yield();
        SupervisedProcess process;
        LaunchPlan plan;
        try
        {
            await _eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), stopping);
            await _notifications.WaitForDependenciesAsync(resource, stopping);
            await PublishAsync(s => s with { State = KnownResourceStates.Starting });
            plan = await services.GetRequiredService<LaunchPlanner>().PlanAsync(resource, stopping);
            stopping.ThrowIfCancellationRequested();
            process = SupervisedProcess.Start(plan, _log, services.GetRequiredService<ProcessWatchdog>(), _clock);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await PublishAsync(s => s with { State = KnownResourceStates.Exited, StopTimeStamp = Now() });
            return;
        }
        catch (Exception failure)
        {
            _log.Write(failure.Message, isError: true);
            await PublishAsync(s => s with { State = new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error), StopTimeStamp = Now() });
            return;
        }

        await PublishAsync(s => s with { State = KnownResourceStates.Running, StartTimeStamp = Now(), Properties = Properties(process, plan), Urls = Urls(), EnvironmentVariables = Variables(plan) });
        await WatchUntilExitAsync(process, stopping);
        await EndAsync(await process.Exited, stopping.IsCancellationRequested);
    }

    private async Task WatchUntilExitAsync(SupervisedProcess process, CancellationToken stopping)
    {
        using var exited = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var health = WatchHealthAsync(exited.Token);
        await Task.WhenAny(process.Exited, Task.Delay(Timeout.Infinite, exited.Token));
        if (!process.Exited.IsCompleted)
        {
            await PublishAsync(s => s with { State = KnownResourceStates.Stopping });
            await process.StopAsync(Grace, _impatient);
        }

        await exited.CancelAsync();
        await health;
    }

    private async Task WatchHealthAsync(CancellationToken exited)
    {
        try
        {
            await _health.WatchAsync(resource, _instance.Id, () => AnnounceReadyAsync(exited), exited);
        }
        catch (OperationCanceledException) when (exited.IsCancellationRequested)
        {
            // The process has gone, so has the question.
        }
    }

    private async Task AnnounceReadyAsync(CancellationToken exited)
    {
        var handlers = _eventing.PublishAsync(new ResourceReadyEvent(resource, services), exited);
        await PublishAsync(s => s with { ResourceReadyEvent = new EventSnapshot(handlers) });
        try
        {
            await handlers;
        }
        catch (Exception failure) when (!exited.IsCancellationRequested)
        {
            // Who waits for the resource sees the failure in the task of its snapshot.
            _log.Write($"A handler of the ready event failed: {failure.Message}", isError: true);
        }
    }

    private async Task EndAsync(int exitCode, bool asked)
    {
        var state = exitCode == 0 && !asked ? KnownResourceStates.Finished : KnownResourceStates.Exited;
        var style = exitCode == 0 || asked ? KnownResourceStateStyles.Info : KnownResourceStateStyles.Error;
        await PublishAsync(s => s with { State = new ResourceStateSnapshot(state, style), ExitCode = exitCode, StopTimeStamp = Now(), HealthReports = [], Properties = [.. s.Properties.Where(p => p.Name is not "executable.pid")] });
        if (_notifications.TryGetCurrentState(_instance.Id, out var last)) await _eventing.PublishAsync(new ResourceStoppedEvent(resource, services, last));
    }

    private Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => _notifications.PublishUpdateAsync(resource, _instance.Id, change);

    private DateTime Now() => _clock.GetUtcNow().UtcDateTime;

    private System.Collections.Immutable.ImmutableArray<ResourcePropertySnapshot> Properties(SupervisedProcess process, LaunchPlan plan)
    {
        List<ResourcePropertySnapshot> properties =
        [
            new("executable.path", plan.FileName),
            new("executable.workDir", plan.WorkingDirectory),
            new("executable.args", plan.Arguments) { IsSensitive = true },
            new("executable.pid", process.Pid),
        ];
        if (resource.TryGetLastAnnotation<IProjectMetadata>(out var project)) properties.Add(new ResourcePropertySnapshot("project.path", project.ProjectPath));
        return [.. properties];
    }

    private System.Collections.Immutable.ImmutableArray<UrlSnapshot> Urls() =>
        resource is IResourceWithEndpoints owner ? [.. owner.GetEndpoints().Select(e => new UrlSnapshot(e.EndpointName, e.Url, IsInternal: false))] : [];

    private static System.Collections.Immutable.ImmutableArray<EnvironmentVariableSnapshot> Variables(LaunchPlan plan) =>
        [.. plan.Environment.Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, IsFromSpec: true))];
}
