using Pulse.Contracts.Ids;

namespace Pulse.Contracts.PublishedKeys;

/// <summary>Redis keys that PostService writes and others may read. The braces are Redis Cluster hash tags.</summary>
public static class PostKeys
{
    /// <summary>How long a snapshot stays without being written again.</summary>
    public static readonly TimeSpan SnapshotLifetime = TimeSpan.FromDays(7);

    /// <summary>How long the newest ids of an author stay after his last post.</summary>
    public static readonly TimeSpan SelfLifetime = TimeSpan.FromDays(1);

    /// <summary>How many of his newest ids an author's own tail keeps.</summary>
    public const int SelfCapacity = 100;

    /// <summary>STRING: a <see cref="PostSnapshot"/>, or the tombstone of a deleted post.</summary>
    public static string Snapshot(PostId id) => $"p:post:{{{id.Value}}}";

    /// <summary>LIST of 8-byte ids, newest arrival first: extra candidates for the author's own reads, never a claim of completeness.</summary>
    public static string Self(UserId author) => $"p:self:{{{author.Value}}}";

    /// <summary>How long a version of marks stays without being written again. Short: one that a crash left behind hides a like for that long at most.</summary>
    public static readonly TimeSpan MarksVersionLifetime = TimeSpan.FromMinutes(10);

    /// <summary>STRING: a <see cref="PostCounts"/>. Absent means unknown, never zero. Lives as long as a snapshot.</summary>
    public static string Counts(PostId id) => $"p:counts:{{{id.Value}}}";

    /// <summary>STRING, decimal: the version of what a user has liked, reposted and bookmarked. Absent means unknown, never zero.</summary>
    public static string MarksVersion(UserId user) => $"p:mv:{{{user.Value}}}";
}
