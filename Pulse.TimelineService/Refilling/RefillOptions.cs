using System.ComponentModel.DataAnnotations;

namespace Pulse.TimelineService.Refilling;

/// <summary>How the mode of a missing post is decided. The section and its value are those of the fan-out, which decides all others.</summary>
internal sealed class RefillOptions
{
    public const string Section = "Fanout";

    /// <summary>Authors with at least this many followers are pulled.</summary>
    [Range(1, long.MaxValue)]
    public long PushFollowerLimit { get; set; } = 100_000;
}
