namespace Aspire.Hosting.ApplicationModel;

/// <summary>What has no process of its own: parameters have their value, a child has the state of its parent.</summary>
internal sealed class PassiveResources(DistributedApplicationModel model, ResourceNotificationService notifications, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _following = Task.CompletedTask;

    public async Task StartAsync(CancellationToken ct)
    {
        foreach (var parameter in model.Resources.OfType<ParameterResource>()) await ShowAsync(parameter, ct);
        _following = FollowAsync(model.Resources.OfType<IResourceWithParent>().ToLookup(child => child.Parent), _stopping.Token);
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task ShowAsync(ParameterResource parameter, CancellationToken ct)
    {
        var value = await parameter.GetValueAsync(ct);
        await notifications.PublishUpdateAsync(parameter, s => s with
        {
            State = KnownResourceStates.Running,
            CreationTimeStamp = clock.GetUtcNow().UtcDateTime,
            Properties = [new ResourcePropertySnapshot("Value", value) { IsSensitive = parameter.Secret }],
        });
    }

    private async Task FollowAsync(ILookup<IResource, IResourceWithParent> children, CancellationToken ct)
    {
        await foreach (var parent in notifications.WatchAsync(ct))
        {
            foreach (var child in children[parent.Resource])
            {
                await notifications.PublishUpdateAsync(child, s => s with
                {
                    State = parent.Snapshot.State,
                    CreationTimeStamp = parent.Snapshot.CreationTimeStamp,
                    StartTimeStamp = parent.Snapshot.StartTimeStamp,
                    StopTimeStamp = parent.Snapshot.StopTimeStamp,
                });
            }
        }
    }
}
