using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Keys;

/// <summary>The Redis keys of the timeline slice. The braces are Redis Cluster hash tags: one owner, one slot.</summary>
public static class TimelineKeys
{
    /// <summary>STRING, decimal: the version of the set of pull authors.</summary>
    public const string Pullers = "t:pullers";

    /// <summary>Patterns that find every list.</summary>
    public static IReadOnlyList<string> Patterns { get; } = ["t:home:*", "t:pull:*"];

    /// <summary>LIST: the home timeline of a reader, as far as it was pushed.</summary>
    public static string Home(UserId reader) => $"t:home:{{{reader.Value}}}";

    /// <summary>LIST: the newest posts of an author whose posts are pulled.</summary>
    public static string Pull(UserId author) => $"t:pull:{{{author.Value}}}";
}
