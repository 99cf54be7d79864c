using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Background;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Data;

namespace Pulse.UserService.Departure;

/// <summary>Erases closed accounts: the rows of <c>erasures</c> are its list of work, so nothing is lost with the process that was at it.</summary>
internal sealed partial class ErasureWorker(IServiceScopeFactory scopes, IOptions<ErasureOptions> options, TimeProvider clock, ILogger<ErasureWorker> logger)
    : PeriodicService(options.Value.SweepInterval, clock, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        while (await SweepAsync(ct))
        {
            // In turns, and no pause between them as long as anybody has something left.
        }
    }

    /// <returns>Whether there is more to do at once.</returns>
    private async Task<bool> SweepAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var waiting = await scope.ServiceProvider.GetRequiredService<UserDbContext>().Erasures.AsNoTracking().OrderBy(erasure => erasure.RequestedAt).ToListAsync(ct);
        var more = false;
        foreach (var erasure in waiting) more |= await EraseAsync(erasure, ct) == ErasureProgress.MoreToDo;
        return more;
    }

    private async Task<ErasureProgress> EraseAsync(Erasure erasure, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var progress = await scope.ServiceProvider.GetRequiredService<AccountErasure>().RunAsync(erasure, ct);
            if (progress == ErasureProgress.Gone) LogErased(erasure.UserId);
            return progress;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested && (exception is HttpRequestException || Outage.Is(exception)))
        {
            LogWaiting(erasure.UserId, exception.Message);
            return ErasureProgress.Waits;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            // One account that cannot be erased must not keep the others.
            LogFailed(erasure.UserId, exception);
            return ErasureProgress.Waits;
        }
    }

    [LoggerMessage(3802, LogLevel.Information, "The account of user {User} is erased")]
    private partial void LogErased(UserId user);

    [LoggerMessage(3803, LogLevel.Warning, "The erasure of user {User} waits: {Reason}")]
    private partial void LogWaiting(UserId user, string reason);

    [LoggerMessage(3804, LogLevel.Error, "The account of user {User} could not be erased; the next turn tries again")]
    private partial void LogFailed(UserId user, Exception exception);
}
