using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Counts;

/// <summary>How fast all counts are gone through.</summary>
internal sealed class CountDriftOptions
{
    public const string Section = "CountDrift";

    /// <summary>Between two pages.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Users per page.</summary>
    [Range(1, 10_000)]
    public int PageSize { get; set; } = 200;
}

/// <summary>Lets <see cref="CountDrift"/> go round all users for ever, and tells what it finds.</summary>
internal sealed partial class CountDriftCheck(
    IServiceScopeFactory scopes, IMeterFactory meters, IOptions<CountDriftOptions> options, TimeProvider clock, ILogger<CountDriftCheck> logger) : BackgroundService
{
    private readonly Counter<long> _drift = meters.Create("Pulse.Counters").CreateCounter<long>(
        "pulse.counters.drift", "{difference}", "By how much counts differed from their rows when they were recounted.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var after = default(UserId);
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

    private async Task<UserId> RecountAsync(UserId after, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var (last, drifted) = await scope.ServiceProvider.GetRequiredService<CountDrift>().RecountAsync(after, options.Value.PageSize, ct);
            foreach (var user in drifted)
            {
                LogMended(user.User, user.Followers, user.Following);
                _drift.Add(Math.Abs(user.Followers), new KeyValuePair<string, object?>("counter", "followers"));
                _drift.Add(Math.Abs(user.Following), new KeyValuePair<string, object?>("counter", "following"));
            }

            return last ?? default;
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            LogSkipped(exception.Message);
            return after;
        }
    }

    [LoggerMessage(3412, LogLevel.Warning, "Counts of user {User} differed from their rows and were mended: {Followers} followers, {Following} followed were missing")]
    private partial void LogMended(UserId user, long followers, long following);

    [LoggerMessage(3413, LogLevel.Debug, "Counts are not recounted while Postgres is away: {Reason}")]
    private partial void LogSkipped(string reason);
}
