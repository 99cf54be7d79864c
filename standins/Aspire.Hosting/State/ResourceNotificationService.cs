using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Keeps the newest snapshot of every resource and tells watchers of each change.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ChannelWriter<ResourceEvent>> _watchers = [];
    private readonly CancellationTokenSource _disposing = new();

    // As in an AppHost with a dashboard: a dependency that failed may be started again, so dependents go on waiting.
    internal WaitBehavior DefaultWaitBehavior { get; set; } = WaitBehavior.WaitOnResourceUnavailable;

    /// <summary>The same for every process of the resource.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        foreach (var id in ResourceInstance.IdsOf(resource)) await PublishUpdateAsync(resource, id, stateFactory);
    }

    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_lock)
        {
            var previous = _current.TryGetValue(resourceId, out var last) ? last.Snapshot : Initial(resource);
            var next = new ResourceEvent(resource, resourceId, stateFactory(previous) with { Version = previous.Version + 1 });
            _current[resourceId] = next;
            foreach (var watcher in _watchers) watcher.TryWrite(next);
        }

        return Task.CompletedTask;
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            if (_current.TryGetValue(resourceId, out resourceEvent)) return true;
            // The name of a resource with replicas says not which.
            var named = _current.Values.Where(e => string.Equals(e.Resource.Name, resourceId, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray();
            resourceEvent = named is [var only] ? only : null;
            return resourceEvent is not null;
        }
    }

    /// <summary>First the newest snapshot of every resource, then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_lock)
        {
            foreach (var known in _current.Values) channel.Writer.TryWrite(known);
            _watchers.Add(channel.Writer);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken)) yield return change;
        }
        finally
        {
            lock (_lock) _watchers.Remove(channel.Writer);
        }
    }

    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(resourceName, e => targetStates.Contains(e.Snapshot.State?.Text, StringComparer.OrdinalIgnoreCase), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        await foreach (var change in WatchAsync(either.Token))
            if (IsAbout(change, resourceName) && predicate(change)) return change;

        throw new OperationCanceledException($"The wait for '{resourceName}' was cancelled.");
    }

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var reached = await WaitForResourceAsync(resourceName, e => IsHealthy(e) || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsTerminal(e)), cancellationToken);
        return IsHealthy(reached)
            ? reached
            : throw new DistributedApplicationException($"'{resourceName}' did not become healthy: it is {Describe(reached.Snapshot)}.");
    }

    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (!resource.TryGetAnnotationsOfType<WaitAnnotation>(out var waits)) return;
        // A replica that starts again does not make its siblings wait.
        if (ResourceInstance.Current is { } process && ReferenceEquals(process.Resource, resource)) await PublishUpdateAsync(resource, process.Id, AsWaiting);
        else await PublishUpdateAsync(resource, AsWaiting);
        await Task.WhenAll(waits.SelectMany(wait => ResourceInstance.IdsOf(wait.Resource).Select(id => WaitForAsync(wait, id, cancellationToken))));

        static CustomResourceSnapshot AsWaiting(CustomResourceSnapshot snapshot) => snapshot with { State = KnownResourceStates.Waiting };
    }

    public void Dispose()
    {
        _disposing.Cancel();
        _disposing.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task WaitForAsync(WaitAnnotation wait, string id, CancellationToken ct)
    {
        if (wait.WaitType == WaitType.WaitForCompletion)
        {
            var ended = (await WaitForResourceAsync(id, IsTerminal, ct)).Snapshot;
            if (ended.State?.Text == KnownResourceStates.FailedToStart || ended.ExitCode != wait.ExitCode)
                throw new DistributedApplicationException($"'{wait.Resource.Name}' is {Describe(ended)}, expected exit code {wait.ExitCode}.");
            return;
        }

        var behavior = wait.WaitBehavior ?? DefaultWaitBehavior;
        if (wait.WaitType == WaitType.WaitUntilStarted)
        {
            await WaitForResourceAsync(id, KnownResourceStates.Running, ct);
            return;
        }

        await WaitForResourceHealthyAsync(id, behavior, ct);
        var ready = await WaitForResourceAsync(id, e => e.Snapshot.ResourceReadyEvent is not null, ct);
        await ready.Snapshot.ResourceReadyEvent!.EventTask.WaitAsync(ct);
    }

    private static bool IsAbout(ResourceEvent e, string nameOrId) =>
        string.Equals(e.Resource.Name, nameOrId, StringComparison.OrdinalIgnoreCase) || string.Equals(e.ResourceId, nameOrId, StringComparison.OrdinalIgnoreCase);

    private static bool IsHealthy(ResourceEvent e) => e.Snapshot.HealthStatus == HealthStatus.Healthy;

    private static bool IsTerminal(ResourceEvent e) => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text, StringComparer.Ordinal);

    private static string Describe(CustomResourceSnapshot snapshot) =>
        snapshot.ExitCode is { } code ? $"{snapshot.State?.Text} with exit code {code}" : snapshot.State?.Text ?? "unknown";

    private static CustomResourceSnapshot Initial(IResource resource) => new()
    {
        ResourceType = resource switch
        {
            ProjectResource => "Project",
            ExecutableResource => "Executable",
            ParameterResource => "Parameter",
            _ => resource.GetType().Name,
        },
        Properties = [],
    };
}
