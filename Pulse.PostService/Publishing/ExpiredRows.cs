using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.PostService.Data;
using Pulse.PostService.Safety;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Publishing;

/// <summary>Deletes idempotency keys whose day is over, and counts of floods that are. Any number of replicas may.</summary>
internal sealed partial class ExpiredRows(IServiceScopeFactory scopes, IOptions<SafetyOptions> safety, TimeProvider clock, ILogger<ExpiredRows> logger) : BackgroundService
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
            var db = scope.ServiceProvider.GetRequiredService<PostDbContext>();
            var (oldestKey, oldestCount) = (clock.GetUtcNow() - IdempotencyKeys.Lifetime, clock.GetUtcNow() - safety.Value.FloodWindow);
            await db.IdempotencyKeys.Where(row => row.CreatedAt <= oldestKey).ExecuteDeleteAsync(ct);
            await db.Database.ExecuteSqlAsync($"DELETE FROM flood_counts WHERE began_at <= {oldestCount}", ct);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            LogSkipped(exception.Message);
        }
    }

    [LoggerMessage(4121, LogLevel.Debug, "Expired rows are not deleted while Postgres is away: {Reason}")]
    private partial void LogSkipped(string reason);
}
