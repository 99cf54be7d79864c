using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.ResourceService;

/// <summary>Changes for a dashboard that may read slowly: of each resource only the last is kept for it.</summary>
internal sealed class LatestChanges
{
    private readonly Lock _lock = new();
    private Dictionary<string, ResourceEvent> _latest = new(StringComparer.Ordinal);
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Listens until it is cancelled.</summary>
    public async Task FollowAsync(ResourceNotificationService notifications, CancellationToken ct)
    {
        await foreach (var change in notifications.WatchAsync(ct))
        {
            lock (_lock)
            {
                _latest[change.ResourceId] = change;
                _more.TrySetResult();
            }
        }
    }

    /// <summary>Waits for a change; takes all that there are.</summary>
    public async Task<IReadOnlyCollection<ResourceEvent>> TakeAsync(CancellationToken ct)
    {
        await _more.Task.WaitAsync(ct);
        lock (_lock)
        {
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var taken = _latest.Values;
            _latest = new Dictionary<string, ResourceEvent>(StringComparer.Ordinal);
            return taken;
        }
    }
}
