using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pulse.Messaging.Outbox;

/// <summary>Says how far the relays of an outbox have come. Every replica says the same: it is read off the table and not off its own relay.</summary>
public interface IOutboxWatermark
{
    /// <param name="publishedBefore">Every event that was committed before this has been published.</param>
    void Note(DateTimeOffset publishedBefore);
}

/// <summary>Looks at the outbox each second, also while the relay pauses or works through a backlog: its metrics and its watermark.</summary>
internal sealed partial class OutboxWatch(
    OutboxStore store,
    OutboxTelemetry telemetry,
    IEnumerable<IOutboxWatermark> watermarks,
    TimeProvider clock,
    ILogger<OutboxWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    internal async Task LookAsync(CancellationToken ct)
    {
        // Before the query: what is committed while it runs may be missing in its answer.
        var now = clock.GetUtcNow();
        var (pending, oldest) = await store.BacklogAsync(ct);
        telemetry.Backlog(pending, oldest is { } time ? now - time : TimeSpan.Zero);
        var publishedBefore = oldest < now ? oldest.Value : now;
        foreach (var watermark in watermarks) watermark.Note(publishedBefore);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Nobody hears of a watermark now, which readers take for a lag.
                LogBlind(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(2111, LogLevel.Debug, "The outbox cannot be looked at: {Reason}")]
    private partial void LogBlind(string reason);
}
