using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.PostService.Data;
using Pulse.PostService.Safety;
using Pulse.ServiceDefaults.Background;

namespace Pulse.PostService.Publishing;

/// <summary>Deletes idempotency keys whose day is over, and counts of floods that are. Any number of replicas may.</summary>
internal sealed class ExpiredRows(IServiceScopeFactory scopes, IOptions<SafetyOptions> safety, TimeProvider clock, ILogger<ExpiredRows> logger)
    : PeriodicService(TimeSpan.FromMinutes(10), clock, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PostDbContext>();
        var (oldestKey, oldestCount) = (Clock.GetUtcNow() - IdempotencyKeys.Lifetime, Clock.GetUtcNow() - safety.Value.FloodWindow);
        await db.IdempotencyKeys.Where(row => row.CreatedAt <= oldestKey).ExecuteDeleteAsync(ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM flood_counts WHERE began_at <= {oldestCount}", ct);
    }
}
