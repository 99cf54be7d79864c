using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing;

public class DistributedApplicationEventSubscription
{
    private readonly Type _eventType;
    private readonly IResource? _resource;

    internal DistributedApplicationEventSubscription(Type eventType, IResource? resource, Func<IDistributedApplicationEvent, CancellationToken, Task> callback) =>
        (_eventType, _resource, Callback) = (eventType, resource, callback);

    public Func<IDistributedApplicationEvent, CancellationToken, Task> Callback { get; }

    internal bool Takes(IDistributedApplicationEvent @event) =>
        _eventType.IsInstanceOfType(@event)
        && (_resource is null || (@event is IDistributedApplicationResourceEvent about && ReferenceEquals(about.Resource, _resource)));
}

public interface IDistributedApplicationEventing
{
    DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent;

    DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent;

    void Unsubscribe(DistributedApplicationEventSubscription subscription);

    Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent;
}

internal sealed class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock _lock = new();
    private DistributedApplicationEventSubscription[] _subscriptions = [];

    public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent => Add<T>(null, callback);

    public DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent => Add<T>(resource, callback);

    public void Unsubscribe(DistributedApplicationEventSubscription subscription)
    {
        lock (_lock) _subscriptions = [.. _subscriptions.Where(s => !ReferenceEquals(s, subscription))];
    }

    /// <summary>Handlers run one after the other in the order of their subscription; the first failure ends it.</summary>
    public async Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
    {
        foreach (var subscription in _subscriptions.Where(s => s.Takes(@event))) await subscription.Callback(@event, cancellationToken);
    }

    private DistributedApplicationEventSubscription Add<T>(IResource? resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent
    {
        var subscription = new DistributedApplicationEventSubscription(typeof(T), resource, (e, ct) => callback((T)e, ct));
        lock (_lock) _subscriptions = [.. _subscriptions, subscription];
        return subscription;
    }
}
