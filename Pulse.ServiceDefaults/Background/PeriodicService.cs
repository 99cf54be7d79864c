using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.ServiceDefaults.Background;

/// <summary>
/// Work that comes round for as long as the process lives: expiry, recounting, what could not be done at once. Whatever goes wrong costs its round and never the
/// host; so what a round leaves must be found by a later one.
/// </summary>
/// <param name="interval">From the beginning of the process to the first round, and from one to the next; a round that takes longer is followed by the next one at once.</param>
/// <param name="clock">Measures it.</param>
/// <param name="logger">Hears, in the name of the work, of an outage when it begins (Warning 1701) and of every failure (Error 1702).</param>
public abstract partial class PeriodicService(TimeSpan interval, TimeProvider clock, ILogger logger) : BackgroundService
{
    private bool _waits;

    /// <summary>Measures the time between rounds, and in them.</summary>
    protected TimeProvider Clock { get; } = clock;

    /// <summary>One round.</summary>
    /// <param name="ct">The process ends.</param>
    protected abstract Task RunAsync(CancellationToken ct);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task TryAsync(CancellationToken ct)
    {
        try
        {
            await RunAsync(ct);
            _waits = false;
        }
        catch (Exception exception) when (Outage.Is(exception) && !ct.IsCancellationRequested)
        {
            // One warning when it begins, then patience.
            if (!_waits) LogWaiting(GetType().Name, exception.Message);
            _waits = true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogFailed(GetType().Name, exception);
        }
    }

    [LoggerMessage(1701, LogLevel.Warning, "{Work} waits for what is away: {Reason}")]
    private partial void LogWaiting(string work, string reason);

    [LoggerMessage(1702, LogLevel.Error, "{Work} failed; its next turn tries again")]
    private partial void LogFailed(string work, Exception exception);
}
