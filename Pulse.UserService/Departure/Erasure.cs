using System.ComponentModel.DataAnnotations;
using Pulse.Contracts.Ids;

namespace Pulse.UserService.Departure;

/// <summary>An account that is being erased; a row of <c>erasures</c>, which goes with the account.</summary>
internal sealed class Erasure
{
    public required UserId UserId { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }
}

internal sealed class ErasureOptions
{
    public const string Section = "Erasure";

    /// <summary>
    /// From the request to the last step, which looks for what a token that was good in that moment may have left behind. Longer than a request and
    /// the way of a revocation to every gateway.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks for what is left to do.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);
}
