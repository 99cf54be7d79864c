using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.Supervision;

/// <summary>The ready event of a resource: once for all its processes, and again when one is healthy after none was there.</summary>
internal sealed class ReadyAnnouncement(IResource resource, IServiceProvider services, IDistributedApplicationEventing eventing)
{
    private readonly Lock _lock = new();
    private readonly HashSet<ResourceInstance> _ready = [];
    private Task? _handlers;

    /// <returns>The handlers of the event, which may have been called for another process already.</returns>
    public Task Announce(ResourceInstance process, CancellationToken ct)
    {
        lock (_lock)
        {
            _ready.Add(process);
            return _handlers ??= Task.Run(() => eventing.PublishAsync(new ResourceReadyEvent(resource, services), ct), ct);
        }
    }

    public void Withdraw(ResourceInstance process)
    {
        lock (_lock)
        {
            if (_ready.Remove(process) && _ready.Count == 0) _handlers = null;
        }
    }
}
