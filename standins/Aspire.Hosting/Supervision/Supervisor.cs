using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Endpoints;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.ResourceService;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Supervision;

/// <summary>Starts every process of the model, each as soon as its waits allow, and stops them in the reverse order.</summary>
internal sealed class Supervisor(
    IServiceProvider services,
    DistributedApplicationModel model,
    IDistributedApplicationEventing eventing,
    PortAllocator ports,
    ProcessWatchdog watchdog,
    ResourceServiceHost resourceService,
    PassiveResources passive) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<ReplicaProxy> _proxies = [];
    private List<ResourceRunner> _runners = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        RefuseWaitCycles();
        ports.Allocate(model.Resources);
        _runners = [.. model.Resources.SelectMany(CreateRunners)];
        foreach (var replicas in _runners.GroupBy(runner => runner.Resource)) LifecycleCommands.Add(replicas.Key, [.. replicas], _runners, services);
        StartProxies();
        await passive.StartAsync(cancellationToken);
        await resourceService.StartAsync(cancellationToken);
        foreach (var replicas in _runners.GroupBy(runner => runner.Resource)) await StartAsync(replicas.Key, replicas, cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(_runners.Select(r => StopAfterDependents(r.Resource, stops, cancellationToken)));
        foreach (var proxy in _proxies) await proxy.DisposeAsync();
        await passive.StopAsync();
        await resourceService.StopAsync(cancellationToken);
        watchdog.Dispose();
    }

    public void Dispose() => _stopping.Dispose();

    private IEnumerable<ResourceRunner> CreateRunners(IResource resource)
    {
        var ready = new ReadyAnnouncement(resource, services, eventing);
        return ResourceInstance.AllOf(resource).Select(process => new ResourceRunner(process, ready, services));
    }

    /// <summary>The event before the start comes once for a resource, however many processes it starts.</summary>
    private async Task StartAsync(IResource resource, IEnumerable<ResourceRunner> replicas, CancellationToken ct)
    {
        var before = new Lazy<Task>(() => eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), _stopping.Token));
        foreach (var runner in replicas) await runner.StartAsync(stopping => before.Value.WaitAsync(stopping), ct);
    }

    private void StartProxies()
    {
        foreach (var resource in model.Resources)
        {
            if (ResourceInstance.AllOf(resource) is not { Count: > 1 } replicas) continue;
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
                _proxies.Add(ReplicaProxy.Start(resource.Name, endpoint.AllocatedEndpoint!.Port, [.. replicas.Select(replica => replica.PortOf(endpoint.Name)!.Value)]));
        }
    }

    private Task StopAfterDependents(IResource resource, Dictionary<IResource, Task> stops, CancellationToken impatient)
    {
        if (stops.TryGetValue(resource, out var known)) return known;
        var dependents = _runners.Select(runner => runner.Resource).Distinct().Where(other => !ReferenceEquals(other, resource) && DependsOn(other, resource));
        var before = dependents.Select(d => StopAfterDependents(d, stops, impatient)).ToArray();
        return stops[resource] = StopLast();

        async Task StopLast()
        {
            await Task.WhenAll(before);
            await Task.WhenAll(_runners.Where(runner => ReferenceEquals(runner.Resource, resource)).Select(runner => runner.StopAsync(impatient)));
        }
    }

    // The dashboard goes last: it takes the telemetry of everyone's last seconds.
    private static bool DependsOn(IResource dependent, IResource resource) =>
        resource.Name is DashboardResource.Name || dependent.Annotations.OfType<WaitAnnotation>().Any(w => ReferenceEquals(w.Resource, resource));

    private void RefuseWaitCycles()
    {
        var done = new HashSet<IResource>();
        var path = new List<IResource>();
        foreach (var resource in model.Resources) Visit(resource);

        void Visit(IResource resource)
        {
            if (done.Contains(resource)) return;
            if (path.Contains(resource)) throw new DistributedApplicationException($"These resources wait for each other: {string.Join(", ", path.Select(r => r.Name))}.");
            path.Add(resource);
            foreach (var wait in resource.Annotations.OfType<WaitAnnotation>().ToArray()) Visit(wait.Resource);
            path.RemoveAt(path.Count - 1);
            done.Add(resource);
        }
    }
}
