using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Counting;

/// <summary>Lets <see cref="PostCountFolder"/> work for ever. Any number of replicas may.</summary>
internal sealed partial class CountFolding(IServiceScopeFactory scopes, CountSignal signal, TimeProvider clock, ILogger<CountFolding> logger) : BackgroundService
{
    // What others left behind: a process that died, a Redis that was away. With the pause below one second.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(900);

    // A post that everybody likes at this moment changes ten times a second for its readers, and not with each like.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FoldAllAsync(stoppingToken);
                failures = 0;
                await signal.WaitAsync(SweepInterval, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (Outage.Is(exception))
            {
                // Counts and steps together stay exact without it.
                if (failures++ == 0) LogPaused(exception.Message);
                await Task.Delay(SweepInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception exception)
            {
                // Whoever posts does not depend on it.
                if (failures++ == 0) LogFailed(exception);
                await Task.Delay(SweepInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FoldAllAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var folder = scope.ServiceProvider.GetRequiredService<PostCountFolder>();
        while (await folder.FoldAsync(ct) == PostCountFolder.MaxSteps)
        {
            // As many as can be taken at a time means more behind them.
        }

        while (await folder.PublishAsync(ct) == PostCountFolder.MaxPosts)
        {
            // The same.
        }
    }

    [LoggerMessage(4201, LogLevel.Warning, "Counts of posts are not folded while Postgres is away: {Reason}")]
    private partial void LogPaused(string reason);

    [LoggerMessage(4202, LogLevel.Error, "Counts of posts could not be folded; the next turn tries again")]
    private partial void LogFailed(Exception exception);
}
