using System.Diagnostics;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Events;
using Pulse.FanoutWorker.Delivery;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Store;

namespace Pulse.FanoutWorker.Planning;

/// <summary>
/// Records a post with its mode, then makes it visible: pushes it to its followers, or leaves it in its author's tail.
/// The record commits before the first follower is read, which is what lets a new follow and a new post always see one another.
/// </summary>
internal sealed partial class FanoutPlanner(
    AuthorPosts posts,
    PullAuthors pullAuthors,
    TimelineStore store,
    PushDelivery delivery,
    FanoutTelemetry telemetry,
    IOptions<FanoutOptions> options,
    TimeProvider clock,
    ILogger<FanoutPlanner> logger)
{
    public async Task PlanAsync(PostPublished post, DateTimeOffset committedAt, CancellationToken ct)
    {
        var (recorded, followers) = await RecordAsync(post, ct);
        if (recorded.Deleted) return;

        if (recorded.Mode == FanoutMode.Pull) await PullAsync(post, followers, ct);
        else await delivery.DeliverAsync(post.AuthorId, post.PostId, committedAt, ct);
        telemetry.Visible(recorded.Mode, clock.GetUtcNow() - committedAt);
    }

    public Task DeleteAsync(PostDeleted post, CancellationToken ct) => posts.DeleteAsync(post.AuthorId, post.PostId, ct);

    private async Task<(RecordedPost Recorded, long Followers)> RecordAsync(PostPublished post, CancellationToken ct)
    {
        using var span = FanoutTelemetry.Source.StartActivity("fanout plan");
        var author = await posts.AuthorAsync(post.AuthorId, ct);
        var mode = FanoutPlan.Decide(author, options.Value.PushFollowerLimit);
        var recorded = await posts.RecordAsync(post.AuthorId, post.PostId, mode, ct);
        span?.SetTag("pulse.post_id", post.PostId.ToString());
        span?.SetTag("pulse.fanout.mode", recorded.Mode == FanoutMode.Push ? "push" : "pull");
        span?.SetTag("pulse.fanout.followers", author.Followers);
        return (recorded, author.Followers);
    }

    private async Task PullAsync(PostPublished post, long followers, CancellationToken ct)
    {
        using var span = FanoutTelemetry.Source.StartActivity("fanout pull");
        // Version first: a reader who knows the author as pulled finds at worst a cold tail and fills it.
        await store.RaisePullersAsync(await pullAuthors.AddAsync(post.AuthorId, ct), ct);
        await store.PushToTailAsync(post.AuthorId, post.PostId, ct);
        telemetry.Pulled();
        LogPulled(post.PostId.Value, post.AuthorId.Value, followers, options.Value.PushFollowerLimit, Activity.Current?.TraceId.ToHexString());
    }

    [LoggerMessage(7001, LogLevel.Information, "Post {PostId}: author {AuthorId} has {Followers} followers (limit {Limit}), left to readers, 0 deliveries, trace {TraceId}")]
    private partial void LogPulled(long postId, long authorId, long followers, long limit, string? traceId);
}

internal static class FanoutPlanningRegistration
{
    public static IServiceCollection AddFanoutPlanning(this IServiceCollection services)
    {
        services.AddOptions<FanoutOptions>().BindConfiguration(FanoutOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<FanoutPlanner>();
    }
}
