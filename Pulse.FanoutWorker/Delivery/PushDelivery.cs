using System.Diagnostics;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.FanoutWorker.Planning;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Store;

namespace Pulse.FanoutWorker.Delivery;

/// <summary>Pushes one post into the home timelines of its author's followers, page by page, and into the author's own.</summary>
internal sealed partial class PushDelivery(
    FollowEdges edges,
    TimelineStore store,
    FanoutTelemetry telemetry,
    IOptions<FanoutOptions> options,
    TimeProvider clock,
    ILogger<PushDelivery> logger)
{
    public async Task DeliverAsync(UserId author, PostId post, DateTimeOffset committedAt, CancellationToken ct)
    {
        using var span = FanoutTelemetry.Source.StartActivity("fanout deliver");
        var started = clock.GetTimestamp();
        long delivered = await store.PushAsync(new[] { author.Value }, post, ct);
        long followers = 0;
        await foreach (var page in edges.FollowersAsync(author, options.Value.FollowerPage, ct))
        {
            delivered += await store.PushAsync(page, post, ct);
            followers += page.Length;
        }

        telemetry.Pushed(delivered, clock.GetElapsedTime(started));
        span?.SetTag("pulse.post_id", post.ToString());
        span?.SetTag("pulse.fanout.followers", followers);
        span?.SetTag("pulse.fanout.deliveries", delivered);
        LogDelivered(post.Value, followers, delivered, (clock.GetUtcNow() - committedAt).TotalMilliseconds, Activity.Current?.TraceId.ToHexString());
    }

    [LoggerMessage(7101, LogLevel.Information, "Post {PostId}: {Followers} followers, {Delivered} warm timelines took it, lag {LagMilliseconds:F1} ms, trace {TraceId}")]
    private partial void LogDelivered(long postId, long followers, long delivered, double lagMilliseconds, string? traceId);
}
