using Microsoft.Extensions.Options;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using Pulse.TimelineService.HomeTimeline;

namespace Pulse.TimelineService.Candidates;

/// <summary>
/// How long the events that make timelines are on their way: through the two outboxes, the bus and the workers' queues. Listens beside the reads,
/// twice a second, so that no read pays for it.
/// </summary>
internal sealed class FanoutLag(RedisCircuit redis, IOptions<FeedOptions> options, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();

    // A process that has heard of nothing yet answers only for the time since its start.
    private Stage _posts = Stage.At(clock.GetUtcNow());
    private Stage _users = Stage.At(clock.GetUtcNow());
    private Stage _workers = Stage.At(clock.GetUtcNow());

    /// <summary>The age of the oldest event that may still be on its way, or the time since one of the stages was last heard of, if that is more.</summary>
    public TimeSpan Current
    {
        get
        {
            var now = clock.GetUtcNow();
            lock (_lock) return new[] { _posts, _users, _workers }.Max(stage => stage.Lag(now));
        }
    }

    public bool IsTooLong => Current > options.Value.FanoutLag;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (DependencyUnavailableException)
            {
                // Silence counts.
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        var (posts, users, workers) = await redis.RunAsync(
            async db =>
            {
                var published = db.StringGetAsync(FanoutProgress.PostsPublished);
                var graph = db.StringGetAsync(FanoutProgress.UsersPublished);
                var handled = await db.HashGetAllAsync(FanoutProgress.Handled);
                return (
                    FanoutProgress.Decode(await published),
                    FanoutProgress.Decode(await graph),
                    handled.Select(worker => WorkerProgress.Decode(worker.Value)).OfType<WorkerProgress>().ToList());
            },
            ct);
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (posts is { } left) _posts = new Stage(left, now);
            if (users is { } changed) _users = new Stage(changed, now);
            if (workers.Count > 0) _workers = new Stage(HandledBefore(workers, now), now);
        }
    }

    // Where none counts any more nobody has taken over either: the one who came furthest says how long that has been so.
    private static DateTimeOffset HandledBefore(List<WorkerProgress> workers, DateTimeOffset now)
    {
        var answering = workers.Where(worker => worker.ValidUntil > now).ToList();
        return answering.Count > 0 ? answering.Min(worker => worker.Before) : workers.Max(worker => worker.Before);
    }

    private readonly record struct Stage(DateTimeOffset Passed, DateTimeOffset HeardAt)
    {
        public static Stage At(DateTimeOffset now) => new(now, now);

        public TimeSpan Lag(DateTimeOffset now) => HeardAt - Passed > now - HeardAt ? HeardAt - Passed : now - HeardAt;
    }
}
