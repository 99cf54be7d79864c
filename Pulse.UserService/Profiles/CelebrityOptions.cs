using System.ComponentModel.DataAnnotations;

namespace Pulse.UserService.Profiles;

/// <summary>From when on an author is large. The section and its value are those of the fan-out, which pulls such authors.</summary>
internal sealed class CelebrityOptions
{
    public const string Section = "Fanout";

    // The share below which the fan-out pushes again: FanoutPlan in Pulse.Timelines.
    private const double KeepFrom = 0.9;

    /// <summary>Followers from which on an author counts as a celebrity.</summary>
    [Range(1, 1_000_000_000)]
    public long PushFollowerLimit { get; set; } = 100_000;

    /// <summary>Followers below which a celebrity is none any more.</summary>
    public long KeepLimit => (long)Math.Ceiling(PushFollowerLimit * KeepFrom);

    /// <summary>Whether a user with so many followers is a celebrity.</summary>
    /// <param name="was">What was recorded with his last change; whoever is over the limit is one whatever stands there, so a lower limit counts at once.</param>
    /// <param name="followers">His followers now.</param>
    public bool IsCelebrity(bool was, long followers) => followers >= (was ? KeepLimit : PushFollowerLimit);
}
