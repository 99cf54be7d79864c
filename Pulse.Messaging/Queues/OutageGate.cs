using Microsoft.Extensions.Logging;

namespace Pulse.Messaging.Queues;

/// <summary>Closed while a dependency is away; whoever waits goes on when a probe finds it back.</summary>
internal sealed partial class OutageGate(string queue, IOutageDetector outages, TimeSpan probeInterval, TimeProvider clock, ILogger logger)
{
    private readonly Lock _lock = new();
    private Task _open = Task.CompletedTask;

    public Task WaitAsync(CancellationToken ct)
    {
        lock (_lock) return _open.WaitAsync(ct);
    }

    /// <summary>Closes when something is away already.</summary>
    public async Task CheckAsync()
    {
        if (!await IsHealthyAsync()) Close("something is away from the start");
    }

    public void Close(Exception reason) => Close(reason.Message);

    private void Close(string reason)
    {
        lock (_lock)
        {
            if (!_open.IsCompleted) return;

            LogPaused(queue, reason);
            _open = ProbeAsync();
        }
    }

    private async Task ProbeAsync()
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            await Task.Delay(probeInterval, clock);
            if (await IsHealthyAsync()) break;
        }

        LogResumed(queue, clock.GetElapsedTime(since).TotalSeconds);
    }

    private async Task<bool> IsHealthyAsync()
    {
        try
        {
            return await outages.IsHealthyAsync(CancellationToken.None);
        }
        catch (Exception exception) when (outages.IsOutage(exception))
        {
            return false;
        }
    }

    [LoggerMessage(2221, LogLevel.Warning, "{Queue} pauses during an outage: {Reason}")]
    private partial void LogPaused(string queue, string reason);

    [LoggerMessage(2222, LogLevel.Information, "{Queue} goes on after {Seconds} s")]
    private partial void LogResumed(string queue, double seconds);
}
