using System.Globalization;

namespace Pulse.SystemTests.Oracle;

/// <summary>The pull oracle: what Pulse has answered to a client, and the timelines that follow from it.</summary>
internal sealed class SocialRecord(IReadOnlyList<PulseUser> users)
{
    private readonly Dictionary<PulseUser, HashSet<PulseUser>> _followees = users.ToDictionary(user => user, _ => new HashSet<PulseUser>());
    private readonly HashSet<(PulseUser User, PulseUser Other)> _blocks = [];
    private readonly Dictionary<string, PulseUser> _posts = [];

    public IReadOnlyList<PulseUser> Users { get; } = users;

    public void Followed(PulseUser user, PulseUser other) => _followees[user].Add(other);

    public void Unfollowed(PulseUser user, PulseUser other) => _followees[user].Remove(other);

    /// <summary>A block ends the follows between the two, and an unblock brings none back.</summary>
    public void Blocked(PulseUser user, PulseUser other)
    {
        _blocks.Add((user, other));
        Unfollowed(user, other);
        Unfollowed(other, user);
    }

    public void Unblocked(PulseUser user, PulseUser other) => _blocks.Remove((user, other));

    public bool Blocks(PulseUser user, PulseUser other) => _blocks.Contains((user, other));

    public void Posted(PulseUser author, string post) => _posts.Add(post, author);

    public void Deleted(string post) => _posts.Remove(post);

    public bool Follows(PulseUser user, PulseUser other) => _followees[user].Contains(other);

    public IReadOnlyList<string> PostsOf(PulseUser author) => NewestFirst(_posts.Where(post => post.Value == author));

    /// <summary>Newest first.</summary>
    public IReadOnlyList<string> TimelineOf(PulseUser user) => NewestFirst(_posts.Where(post => post.Value == user || Follows(user, post.Value)));

    private static List<string> NewestFirst(IEnumerable<KeyValuePair<string, PulseUser>> posts) =>
        [.. posts.Select(post => post.Key).OrderByDescending(id => long.Parse(id, CultureInfo.InvariantCulture))];
}
