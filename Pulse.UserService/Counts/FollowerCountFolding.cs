using Pulse.Messaging;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Counts;

/// <summary>Tells the folding of a step that was written beside its count.</summary>
internal sealed class FollowerCountSignal : WakeSignal;

/// <summary>Folds the steps that many follows at once leave beside a count, so that they stay few. Any number of replicas may.</summary>
internal sealed partial class FollowerCountFolding(
    IServiceScopeFactory scopes, FollowerCountSignal signal, TimeProvider clock, ILogger<FollowerCountFolding> logger) : BackgroundService
{
    // After a crash, or when the row was in other hands: the steps wait for this long at most.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await signal.WaitAsync(SweepInterval, clock, stoppingToken);
                await FoldAllAsync(stoppingToken);
                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (Outage.Is(exception))
            {
                // The totals that readers see are exact without it.
                if (failures++ == 0) LogPaused(exception);
            }
        }
    }

    private async Task FoldAllAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var counts = scope.ServiceProvider.GetRequiredService<FollowerCounts>();
        foreach (var user in await counts.UnfoldedAsync(ct)) await counts.FoldAsync(user, ct);
    }

    [LoggerMessage(3411, LogLevel.Warning, "Counts of followers are not folded while Postgres is away")]
    private partial void LogPaused(Exception exception);
}
