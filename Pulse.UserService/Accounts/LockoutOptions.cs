using System.ComponentModel.DataAnnotations;

namespace Pulse.UserService.Accounts;

/// <summary>When somebody who guesses passwords has to wait.</summary>
internal sealed class LockoutOptions
{
    public const string Section = "Lockout";

    /// <summary>Wrong passwords for one login name, after which no further one is looked at.</summary>
    [Range(1, 1000)]
    public int Failures { get; set; } = 10;

    /// <summary>In which those fall, from the first one on.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long logins are then refused, right ones too.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Rows kept at most. Names that nobody has are counted too, so that whoever makes them up decides how many there are.</summary>
    [Range(100, 10_000_000)]
    public int MaxRows { get; set; } = 200_000;
}
