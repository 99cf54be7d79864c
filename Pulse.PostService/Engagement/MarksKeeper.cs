using Pulse.ServiceDefaults.Background;

namespace Pulse.PostService.Engagement;

/// <summary>
/// Repeats the publishing of versions: a request that died after its commit, or missed Redis, may have left an older one there, behind which a like stays hidden. Any
/// number of replicas may.
/// </summary>
internal sealed class MarksKeeper(IServiceScopeFactory scopes, TimeProvider clock, ILogger<MarksKeeper> logger)
    : PeriodicService(TimeSpan.FromSeconds(1), clock, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var versions = scope.ServiceProvider.GetRequiredService<MarksVersions>();
        while (await versions.RepublishAsync(ct) == MarksVersions.MaxUsers)
        {
            // As many as are published at a time means more behind them.
        }
    }
}
