using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Supervision;

/// <summary>The life of one process of a resource: wait, start, watch, end; again after each start command.</summary>
internal sealed class ResourceRunner(ResourceInstance instance, ReadyAnnouncement ready, IServiceProvider services)
{
    // Longer than the drain of a web host, shorter than a person's patience.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly ResourceNotificationService _notifications = services.GetRequiredService<ResourceNotificationService>();
    private readonly ResourceHealthMonitor _health = services.GetRequiredService<ResourceHealthMonitor>();
    private readonly IDistributedApplicationEventing _eventing = services.GetRequiredService<IDistributedApplicationEventing>();
    private readonly TimeProvider _clock = services.GetRequiredService<TimeProvider>();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private CancellationTokenSource _stopping = new();
    private CancellationToken _impatient;
    private Task _life = Task.CompletedTask;
    private volatile bool _isOver;

    public IResource Resource => instance.Resource;

    public string Id => instance.Id;

    public ResourceLog Log { get; } = services.GetRequiredService<ResourceLoggerService>().LogOf(instance);

    /// <summary>True from a start, waits included, to the end of the process.</summary>
    public bool IsAlive => !_life.IsCompleted;

    /// <summary>Starts it unless it is alive.</summary>
    public Task StartAsync(CancellationToken ct) => StartAsync(stopping => _eventing.PublishAsync(new BeforeResourceStartedEvent(Resource, services), stopping), ct);

    /// <summary>Starts it unless it is alive, in place of the event before a start with <paramref name="before"/>.</summary>
    public async Task StartAsync(Func<CancellationToken, Task> before, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            // Who was told of the end and starts it again at once finds the last steps of the old life.
            if (_isOver) await _life;
            if (IsAlive) return;
            _isOver = false;
            _stopping.Dispose();
            _stopping = new CancellationTokenSource();
            await PublishAsync(s => s with
            {
                State = KnownResourceStates.Starting,
                CreationTimeStamp = s.CreationTimeStamp ?? Now(),
                ExitCode = null,
                StopTimeStamp = null,
                HealthReports = [.. Resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => new HealthReportSnapshot(a.Key, Status: null, Description: null, ExceptionText: null))],
                ResourceReadyEvent = null,
            });
            _life = LiveAsync(before, _stopping.Token);
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

    public Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => _notifications.PublishUpdateAsync(Resource, Id, change);

    private async Task LiveAsync(Func<CancellationToken, Task> before, CancellationToken stopping)
    {
        await Task.Yield();
        ResourceInstance.Current = instance;
        SupervisedProcess process;
        LaunchPlan plan;
        try
        {
            await before(stopping);
            await _notifications.WaitForDependenciesAsync(Resource, stopping);
            await PublishAsync(s => s with { State = KnownResourceStates.Starting });
            plan = await services.GetRequiredService<LaunchPlanner>().PlanAsync(Resource, stopping);
            stopping.ThrowIfCancellationRequested();
            process = SupervisedProcess.Start(plan, Log.Write, services.GetRequiredService<ProcessWatchdog>(), _clock);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await EndAsync(s => s with { State = KnownResourceStates.Exited, StopTimeStamp = Now() });
            return;
        }
        catch (Exception failure)
        {
            Log.Write(failure.Message, isError: true);
            await EndAsync(s => s with { State = new ResourceStateSnapshot(KnownResourceStates.FailedToStart, KnownResourceStateStyles.Error), StopTimeStamp = Now() });
            return;
        }

        await PublishAsync(s => s with { State = KnownResourceStates.Running, StartTimeStamp = Now(), Properties = Properties(process, plan), Urls = Urls(), EnvironmentVariables = Variables(plan) });
        await WatchUntilExitAsync(process, stopping);
        ready.Withdraw(instance);
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
            await _health.WatchAsync(Resource, Id, () => AnnounceReadyAsync(exited), exited);
        }
        catch (OperationCanceledException) when (exited.IsCancellationRequested)
        {
            // The process has gone, so has the question.
        }
    }

    private async Task AnnounceReadyAsync(CancellationToken exited)
    {
        var handlers = ready.Announce(instance, exited);
        await PublishAsync(s => s with { ResourceReadyEvent = new EventSnapshot(handlers) });
        try
        {
            await handlers;
        }
        catch (Exception failure) when (!exited.IsCancellationRequested)
        {
            // Who waits for the resource sees the failure in the task of its snapshot.
            Log.Write($"A handler of the ready event failed: {failure.Message}", isError: true);
        }
    }

    private Task EndAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        _isOver = true;
        return PublishAsync(change);
    }

    private async Task EndAsync(int exitCode, bool asked)
    {
        var state = exitCode == 0 && !asked ? KnownResourceStates.Finished : KnownResourceStates.Exited;
        var style = exitCode == 0 || asked ? KnownResourceStateStyles.Info : KnownResourceStateStyles.Error;
        Log.Write($"[sys] {ExitCodes.Describe(exitCode)}{(asked ? ", as asked" : "")}", isError: false);
        await EndAsync(s => s with { State = new ResourceStateSnapshot(state, style), ExitCode = exitCode, StopTimeStamp = Now(), HealthReports = [], Properties = [.. s.Properties.Where(p => p.Name is not "executable.pid")] });
        // Beside this life: a handler may start the next one.
        if (_notifications.TryGetCurrentState(Id, out var last)) _ = AnnounceEndAsync(new ResourceStoppedEvent(Resource, services, last));
    }

    private async Task AnnounceEndAsync(ResourceStoppedEvent stopped)
    {
        await Task.Yield();
        try
        {
            await _eventing.PublishAsync(stopped);
        }
        catch (Exception failure)
        {
            Log.Write($"A handler of the stopped event failed: {failure.Message}", isError: true);
        }
    }

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
        if (Resource.TryGetLastAnnotation<IProjectMetadata>(out var project)) properties.Add(new ResourcePropertySnapshot("project.path", project.ProjectPath));
        return [.. properties];
    }

    private System.Collections.Immutable.ImmutableArray<UrlSnapshot> Urls() =>
        Resource is IResourceWithEndpoints owner ? [.. owner.GetEndpoints().Select(e => new UrlSnapshot(e.EndpointName, e.Url, IsInternal: false))] : [];

    private static System.Collections.Immutable.ImmutableArray<EnvironmentVariableSnapshot> Variables(LaunchPlan plan) =>
        [.. plan.Environment.Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, IsFromSpec: true))];
}
