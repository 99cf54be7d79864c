using System.ComponentModel.DataAnnotations;

namespace Pulse.FanoutWorker.Planning;

/// <summary>Where pushing ends and pulling begins, and how a push walks its followers.</summary>
internal sealed class FanoutOptions
{
    public const string Section = "Fanout";

    /// <summary>Authors with at least this many followers are pulled; pushed again below 90 % of it.</summary>
    [Range(1, long.MaxValue)]
    public long PushFollowerLimit { get; set; } = 100_000;

    /// <summary>Followers read, and pushed in one pipeline, at a time: 1,000 pushes are about a millisecond of Redis.</summary>
    [Range(1, 50_000)]
    public int FollowerPage { get; set; } = 1_000;
}
