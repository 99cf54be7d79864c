using System.ComponentModel.DataAnnotations;

namespace Pulse.UserService.Profiles;

/// <summary>From when on an author is large. The section and its value are those of the fan-out, which pulls such authors.</summary>
internal sealed class CelebrityOptions
{
    public const string Section = "Fanout";

    /// <summary>Followers from which on an author counts as a celebrity.</summary>
    [Range(1, 1_000_000_000)]
    public long PushFollowerLimit { get; set; } = 100_000;
}
