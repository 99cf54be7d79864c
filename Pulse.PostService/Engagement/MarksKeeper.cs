using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Engagement;

/// <summary>
/// Repeats the publishing of versions: a request that died after its commit, or missed Redis, may have left an older one there, behind which a like stays hidden. Any
/// number of replicas may.
/// </summary>
internal sealed partial class MarksKeeper(IServiceScopeFactory scopes, TimeProvider clock, ILogger<MarksKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await RepublishAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    private async Task RepublishAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var versions = scope.ServiceProvider.GetRequiredService<MarksVersions>();
            while (await versions.RepublishAsync(ct) == MarksVersions.MaxUsers)
            {
                // As many as are published at a time means more behind them.
            }
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            LogSkipped(exception.Message);
        }
    }

    [LoggerMessage(4221, LogLevel.Debug, "Versions of marks are not published again while Postgres is away: {Reason}")]
    private partial void LogSkipped(string reason);
}
