using Microsoft.EntityFrameworkCore;
using Pulse.PostService.Data;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Publishing;

/// <summary>Deletes idempotency keys whose day is over. Any number of replicas may.</summary>
internal sealed partial class ExpiredKeys(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ExpiredKeys> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await DeleteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    private async Task DeleteAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var oldest = clock.GetUtcNow() - IdempotencyKeys.Lifetime;
            await scope.ServiceProvider.GetRequiredService<PostDbContext>().IdempotencyKeys.Where(row => row.CreatedAt <= oldest).ExecuteDeleteAsync(ct);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            LogSkipped(exception.Message);
        }
    }

    [LoggerMessage(4121, LogLevel.Debug, "Expired keys are not deleted while Postgres is away: {Reason}")]
    private partial void LogSkipped(string reason);
}
