using System.Globalization;

namespace Pulse.SystemTests.Oracle;

/// <summary>A post that Pulse has answered for.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Author">Who posted or reposted.</param>
/// <param name="Text">What it says; null for a repost.</param>
/// <param name="ContentId">The post that a repost shows; of a plain one itself.</param>
/// <param name="IsPublic">Whether everybody may see it, and so share it.</param>
internal sealed record RecordedPost(string Id, PulseUser Author, string? Text, string ContentId, bool IsPublic = true);

/// <summary>The pull oracle: what Pulse has answered to a client, and the timelines that follow from it.</summary>
internal sealed class SocialRecord(IReadOnlyList<PulseUser> users)
{
    private readonly Dictionary<PulseUser, HashSet<PulseUser>> _followees = users.ToDictionary(user => user, _ => new HashSet<PulseUser>());
    private readonly HashSet<(PulseUser User, PulseUser Other)> _blocks = [];
    private readonly Dictionary<string, RecordedPost> _posts = [];

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

    public bool AreApart(PulseUser user, PulseUser other) => Blocks(user, other) || Blocks(other, user);

    public void Posted(RecordedPost post) => _posts.Add(post.Id, post);

    public void Edited(string post, string text) => _posts[post] = _posts[post] with { Text = text };

    public void Deleted(string post) => _posts.Remove(post);

    public bool Follows(PulseUser user, PulseUser other) => _followees[user].Contains(other);

    /// <summary>What somebody has posted and reposted, newest first.</summary>
    public IReadOnlyList<RecordedPost> PostsOf(PulseUser author) => NewestFirst(_posts.Values.Where(post => post.Author == author));

    /// <summary>Posts that <paramref name="user"/> may see and share, newest first.</summary>
    public IReadOnlyList<RecordedPost> SharedWith(PulseUser user) => NewestFirst(_posts.Values.Where(post => post is { Text: not null, IsPublic: true } && !AreApart(user, post.Author)));

    public bool HasReposted(PulseUser user, string post) => _posts.Values.Any(each => each.Author == user && each.Text is null && each.ContentId == post);

    /// <summary>The text that everybody sees of a post.</summary>
    public string? TextOf(string post) => _posts[post].Text;

    /// <summary>Everything that may show in a home timeline, newest first; one content may stand there several times.</summary>
    public IReadOnlyList<RecordedPost> AppearancesFor(PulseUser user) => NewestFirst(_posts.Values.Where(post => (post.Author == user || Follows(user, post.Author)) && Shows(user, post)));

    /// <summary>The home timeline, newest first: of each content the newest appearance.</summary>
    public IReadOnlyList<string> TimelineOf(PulseUser user) => [.. AppearancesFor(user).DistinctBy(post => post.ContentId).Select(post => post.Id)];

    // What a repost shows must be there, and its author and the reader not apart.
    private bool Shows(PulseUser user, RecordedPost post) =>
        post.Text is not null || (_posts.TryGetValue(post.ContentId, out var original) && (original.Author == user || !AreApart(user, original.Author)));

    private static List<RecordedPost> NewestFirst(IEnumerable<RecordedPost> posts) => [.. posts.OrderByDescending(post => long.Parse(post.Id, CultureInfo.InvariantCulture))];
}
