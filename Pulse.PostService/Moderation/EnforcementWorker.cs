using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Background;

namespace Pulse.PostService.Moderation;

internal sealed class ModerationOptions
{
    public const string Section = "Moderation";

    /// <summary>Between two tries to carry out a decision while something is away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan RetryInterval { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Carries out what could not be carried out at once: the cases themselves are its list of work. Every replica does, and they skip each other's cases.</summary>
internal sealed class EnforcementWorker(Enforcement enforcement, IOptions<ModerationOptions> options, TimeProvider clock, ILogger<EnforcementWorker> logger)
    : PeriodicService(options.Value.RetryInterval, clock, logger)
{
    protected override async Task RunAsync(CancellationToken ct)
    {
        while (await enforcement.CarryOutNextAsync(ct))
        {
            // One after the other; one that fails is not due again before the next turn.
        }
    }
}
