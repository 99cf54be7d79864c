using Pulse.Messaging.Queues;

namespace Pulse.FanoutWorker.DeadLetters;

/// <summary>Keeps the metric <c>pulse.fanout.dead_letters</c>.</summary>
internal sealed class DeadLetterGauge(IEnumerable<DeadLetterQueue> queues, FanoutTelemetry telemetry, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            foreach (var queue in queues) await CountAsync(queue, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CountAsync(DeadLetterQueue queue, CancellationToken ct)
    {
        try
        {
            telemetry.DeadLetters(queue.Queue, await queue.CountAsync(ct));
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // The bus is away, which its pumps say; the last count stands until it is back.
        }
    }
}

internal static class DeadLettersRegistration
{
    public static IServiceCollection AddDeadLetters(this IServiceCollection services) => services.AddHostedService<DeadLetterGauge>();
}
