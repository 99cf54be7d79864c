using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Moderation;

internal sealed class ModerationOptions
{
    public const string Section = "Moderation";

    /// <summary>Between two tries to carry out a decision while something is away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RetryInterval { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Carries out what could not be carried out at once: the cases themselves are its list of work. Every replica does, and they skip each other's cases.</summary>
internal sealed partial class EnforcementWorker(Enforcement enforcement, IOptions<ModerationOptions> options, TimeProvider clock, ILogger<EnforcementWorker> logger) : BackgroundService
{
    private bool _waits;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RetryInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await SweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        try
        {
            while (await enforcement.CarryOutNextAsync(ct))
            {
                // One after the other; one that fails is not due again before the next turn.
            }

            _waits = false;
        }
        catch (Exception exception) when (Outage.Is(exception) && !ct.IsCancellationRequested)
        {
            // The rows stay. One warning when it starts, then patience.
            if (!_waits) LogAway(exception.Message);
            _waits = true;
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(4711, LogLevel.Warning, "Decisions are not carried out while Postgres is away: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(4712, LogLevel.Error, "Decisions could not be carried out; the next turn tries again")]
    private partial void LogFailed(Exception exception);
}
