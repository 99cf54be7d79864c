using Pulse.Messaging;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Follows;

/// <summary>
/// Accepts what is left of the requests to accounts that have become public: the rows themselves are its list of work, so nothing is lost with the
/// process that was at it. Woken by a change that left some over, and looking by itself for those of a process that died.
/// </summary>
internal sealed partial class PublicAccountSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<PublicAccountSweep> logger) : BackgroundService
{
    /// <summary>Requests of one turn.</summary>
    public const int Batch = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly WakeSignal _woken = new();

    /// <summary>Call when there is more to do than one batch.</summary>
    public void Wake() => _woken.Wake();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                while (await SweepAsync(stoppingToken) == Batch)
                {
                    // A full batch means more behind it.
                }
            }
            catch (Exception exception) when (Outage.Is(exception))
            {
                LogWaiting(exception.Message);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // One request that cannot be accepted must not take the service with it.
                LogFailed(exception);
            }

            await _woken.WaitAsync(Interval, clock, stoppingToken);
        }
    }

    private async Task<int> SweepAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accepted = await scope.ServiceProvider.GetRequiredService<FollowRequests>().AcceptPublicAsync(target: null, Batch, ct);
        if (accepted > 0) LogAccepted(accepted);
        return accepted;
    }

    [LoggerMessage(3402, LogLevel.Information, "Accepted {Count} requests to accounts that have become public")]
    private partial void LogAccepted(int count);

    [LoggerMessage(3403, LogLevel.Warning, "Requests to accounts that have become public wait: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(3404, LogLevel.Error, "A request to an account that has become public could not be accepted")]
    private partial void LogFailed(Exception exception);
}
