using Aspire.Hosting.ResourceService;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Endpoints;
using Aspire.Hosting.Eventing;
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
    PassiveResources passive) : IHostedService
{
    private List<ResourceRunner> _runners = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        RefuseWaitCycles();
        ports.Allocate(model.Resources);
        _runners = [.. model.Resources.Where(r => r is ProjectResource or ExecutableResource).Select(r => new ResourceRunner(r, services))];
        foreach (var runner in _runners) LifecycleCommands.Add(runner);
        await passive.StartAsync(cancellationToken);
        await resourceService.StartAsync(cancellationToken);
        foreach (var runner in _runners) await runner.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(_runners.Select(r => StopAfterDependents(r, stops, cancellationToken)));
        await passive.StopAsync();
        await resourceService.StopAsync(cancellationToken);
        watchdog.Dispose();
    }

    private Task StopAfterDependents(ResourceRunner runner, Dictionary<IResource, Task> stops, CancellationToken impatient)
    {
        if (stops.TryGetValue(runner.Resource, out var known)) return known;
        var dependents = _runners.Where(other => !ReferenceEquals(other, runner) && DependsOn(other.Resource, runner.Resource));
        var before = dependents.Select(d => StopAfterDependents(d, stops, impatient)).ToArray();
        return stops[runner.Resource] = StopLast();

        async Task StopLast()
        {
            await Task.WhenAll(before);
            await runner.StopAsync(impatient);
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
