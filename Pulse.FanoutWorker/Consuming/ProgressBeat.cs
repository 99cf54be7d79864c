using System.Globalization;
using Microsoft.Extensions.Options;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Queues;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.FanoutWorker.Consuming;

/// <summary>
/// Tells readers of timelines, twice a second, how far this worker has come with all queues that make timelines. A worker that dies falls silent: readers
/// see a growing lag until its messages are visible again and another worker answers for them.
/// </summary>
internal sealed class ProgressBeat(
    IEnumerable<QueueProgress> queues,
    IOptionsMonitor<QueuePumpOptions> pumps,
    RedisCircuit redis,
    TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // From visible again to received by somebody else.
    private static readonly TimeSpan Handover = TimeSpan.FromSeconds(2);

    // Fields of workers that are long gone.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly RedisValue _worker = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>After the pumps, which drain: what they had is done or given back, and nobody needs to wait for this worker.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await redis.TryRunAsync(db => db.HashDeleteAsync(FanoutProgress.Handled, _worker), cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            Beat();
            await ForgetAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Beat()
    {
        // A worker that has just started cannot speak for what waited while there was none.
        List<DateTimeOffset?> watermarks = [.. queues.Select(queue => queue.Watermark)];
        if (watermarks.Contains(null)) return;

        var visibility = queues.Max(queue => pumps.Get(queue.Queue).Visibility);
        var progress = new WorkerProgress(watermarks.Min()!.Value, clock.GetUtcNow() + visibility + Handover);
        redis.Send(db => db.HashSet(FanoutProgress.Handled, _worker, progress.Encode(), flags: CommandFlags.FireAndForget));
    }

    private Task<bool> ForgetAsync(CancellationToken ct) => redis.TryRunAsync(
        async db =>
        {
            var gone = (await db.HashGetAllAsync(FanoutProgress.Handled))
                .Where(worker => worker.Name != _worker && !(WorkerProgress.Decode(worker.Value)?.ValidUntil > clock.GetUtcNow() - Forgotten))
                .Select(worker => worker.Name);
            foreach (var worker in gone) await db.HashDeleteAsync(FanoutProgress.Handled, worker);
        },
        ct);
}

internal static class ProgressBeatRegistration
{
    public static IServiceCollection AddProgressBeat(this IServiceCollection services) => services.AddHostedService<ProgressBeat>();
}
