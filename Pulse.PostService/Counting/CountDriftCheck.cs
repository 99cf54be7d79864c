using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Background;

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
    IServiceScopeFactory scopes, PostsTelemetry telemetry, IOptions<CountDriftOptions> options, TimeProvider clock, ILogger<CountDriftCheck> logger)
    : PeriodicService(options.Value.Interval, clock, logger)
{
    private PostId _after;

    protected override async Task RunAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (last, drifted) = await scope.ServiceProvider.GetRequiredService<CountDrift>().RecountAsync(_after, options.Value.PageSize, ct);
        foreach (var post in drifted)
        {
            LogMended(post.Post, post.Likes, post.Reposts, post.Replies);
            telemetry.Drifted(post);
        }
        _after = last ?? default;
    }

    [LoggerMessage(4211, LogLevel.Warning, "Counts of post {Post} differed from their rows and were mended: {Likes} likes, {Reposts} reposts, {Replies} replies were missing")]
    private partial void LogMended(PostId post, long likes, long reposts, long replies);
}
