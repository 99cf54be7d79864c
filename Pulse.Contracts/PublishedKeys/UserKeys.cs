using Pulse.Contracts.Ids;

namespace Pulse.Contracts.PublishedKeys;

/// <summary>Redis keys that UserService writes and others may read. The braces are Redis Cluster hash tags.</summary>
public static class UserKeys
{
    /// <summary>How long an author card stays without being written again.</summary>
    public static readonly TimeSpan CardLifetime = TimeSpan.FromDays(1);

    /// <summary>How long a graph version stays without being written again.</summary>
    public static readonly TimeSpan GraphVersionLifetime = TimeSpan.FromDays(7);

    /// <summary>STRING, decimal: the version of the user's graph snapshot. Absent means unknown, never zero.</summary>
    public static string GraphVersion(UserId user) => $"u:gv:{{{user.Value}}}";

    /// <summary>STRING: an <see cref="AuthorCard"/>. Absent means unknown; one of version 0 tells nothing of privacy and standing.</summary>
    public static string Card(UserId user) => $"u:card:{{{user.Value}}}";
}
