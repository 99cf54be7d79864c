using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Background;

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
    IServiceScopeFactory scopes, IMeterFactory meters, IOptions<CountDriftOptions> options, TimeProvider clock, ILogger<CountDriftCheck> logger)
    : PeriodicService(options.Value.Interval, clock, logger)
{
    private readonly Counter<long> _drift = meters.Create("Pulse.Counters").CreateCounter<long>(
        "pulse.counters.drift", "{difference}", "By how much counts differed from their rows when they were recounted.");

    private UserId _after;

    protected override async Task RunAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (last, drifted) = await scope.ServiceProvider.GetRequiredService<CountDrift>().RecountAsync(_after, options.Value.PageSize, ct);
        foreach (var user in drifted)
        {
            LogMended(user.User, user.Followers, user.Following);
            _drift.Add(Math.Abs(user.Followers), new KeyValuePair<string, object?>("counter", "followers"));
            _drift.Add(Math.Abs(user.Following), new KeyValuePair<string, object?>("counter", "following"));
        }
        _after = last ?? default;
    }

    [LoggerMessage(3412, LogLevel.Warning, "Counts of user {User} differed from their rows and were mended: {Followers} followers, {Following} followed were missing")]
    private partial void LogMended(UserId user, long followers, long following);
}
