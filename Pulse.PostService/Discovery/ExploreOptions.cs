using System.ComponentModel.DataAnnotations;

namespace Pulse.PostService.Discovery;

/// <summary>What is popular, and for how long.</summary>
internal sealed class ExploreOptions
{
    public const string Section = "Explore";

    /// <summary>How long a list is the newest one before somebody's first page makes another.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a walk through a list may take; one that takes longer goes on in the newest.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromHours(1);
}
