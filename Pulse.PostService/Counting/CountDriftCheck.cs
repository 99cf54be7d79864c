using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Counting;

/// <summary>How fast all counts are gone through.</summary>
internal sealed class CountDriftOptions
{
    public const string Section = "CountDrift";

    /// <summary>Between two pages.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Posts per page.</summary>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 200;
}

/// <summary>Lets <see cref="CountDrift"/> go round all posts for ever, and tells what it finds.</summary>
internal sealed partial class CountDriftCheck(
    IServiceScopeFactory scopes, PostsTelemetry telemetry, IOptions<CountDriftOptions> options, TimeProvider clock, ILogger<CountDriftCheck> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var after = default(PostId);
        using var timer = new PeriodicTimer(options.Value.Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) after = await RecountAsync(after, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    private async Task<PostId> RecountAsync(PostId after, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var (last, drifted) = await scope.ServiceProvider.GetRequiredService<CountDrift>().RecountAsync(after, options.Value.PageSize, ct);
            foreach (var post in drifted)
            {
                LogMended(post.Post, post.Likes, post.Reposts, post.Replies);
                telemetry.Drifted(post);
            }

            return last ?? default;
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            LogSkipped(exception.Message);
            return after;
        }
    }

    [LoggerMessage(4211, LogLevel.Warning, "Counts of post {Post} differed from their rows and were mended: {Likes} likes, {Reposts} reposts, {Replies} replies were missing")]
    private partial void LogMended(PostId post, long likes, long reposts, long replies);

    [LoggerMessage(4212, LogLevel.Debug, "Counts are not recounted while Postgres is away: {Reason}")]
    private partial void LogSkipped(string reason);
}
