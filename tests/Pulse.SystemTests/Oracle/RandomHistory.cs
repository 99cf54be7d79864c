namespace Pulse.SystemTests.Oracle;

/// <summary>
/// One client that does random things, one after another, and writes down what it was answered. So at every moment it knows
/// what a read may show at most, and which posts of the reader's own it has to show.
/// </summary>
internal sealed class RandomHistory(SocialRecord record, Random random)
{
    private readonly List<string> _steps = [];
    private int _posted;
    private long _followedAt = TimeProvider.System.GetTimestamp();

    /// <summary>What was done, for whoever looks into a failure.</summary>
    public string Story => string.Join('\n', _steps);

    public TimeSpan SinceLastFollow => TimeProvider.System.GetElapsedTime(_followedAt);

    public async Task StepsAsync(int count, CancellationToken ct)
    {
        for (var step = 0; step < count; step++) await StepAsync(ct);
    }

    public async Task FollowAsync(PulseUser user, PulseUser other, CancellationToken ct)
    {
        _steps.Add($"{user.Username} follows {other.Username}");
        await user.FollowAsync(other, ct);
        record.Followed(user, other);
        _followedAt = TimeProvider.System.GetTimestamp();
    }

    public async Task UnfollowAsync(PulseUser user, PulseUser other, CancellationToken ct)
    {
        _steps.Add($"{user.Username} unfollows {other.Username}");
        await user.UnfollowAsync(other, ct);
        record.Unfollowed(user, other);
    }

    public async Task PostAsync(PulseUser author, CancellationToken ct)
    {
        var text = $"post {++_posted}";
        var isPublic = random.Next(4) > 0;
        var post = await author.PostAsync(new { content = text, visibility = isPublic ? "public" : "followers" }, ct);
        _steps.Add($"{author.Username} posts {post}{(isPublic ? "" : " for followers")}");
        record.Posted(new RecordedPost(post, author, text, post, isPublic));
    }

    private async Task ReplyAsync(PulseUser author, RecordedPost parent, CancellationToken ct)
    {
        var text = $"reply {++_posted}";
        var post = await author.PostAsync(new { content = text, in_reply_to = parent.Id }, ct);
        _steps.Add($"{author.Username} answers {parent.Id} with {post}");
        record.Posted(new RecordedPost(post, author, text, post));
    }

    private async Task RepostAsync(PulseUser user, RecordedPost original, CancellationToken ct)
    {
        var post = await user.PostAsync(new { repost_of = original.Id }, ct);
        _steps.Add($"{user.Username} reposts {original.Id} as {post}");
        // Again is the same one.
        if (!record.HasReposted(user, original.Id)) record.Posted(new RecordedPost(post, user, Text: null, original.Id));
    }

    private async Task EditAsync(PulseUser author, RecordedPost post, CancellationToken ct)
    {
        var text = $"edit {++_posted}";
        _steps.Add($"{author.Username} edits {post.Id}");
        await author.EditAsync(post.Id, text, ct);
        record.Edited(post.Id, text);
    }

    public void Note(string what) => _steps.Add(what);

    private async Task StepAsync(CancellationToken ct)
    {
        var user = Any(record.Users);
        switch (random.Next(100))
        {
            case < 25:
                await PostAsync(user, ct);
                break;
            case < 30 when record.SharedWith(user) is { Count: > 0 } parents:
                await ReplyAsync(user, Any(parents), ct);
                break;
            case < 42 when record.SharedWith(user) is { Count: > 0 } originals:
                var original = Any(originals);
                await TwiceAtTimesAsync(() => RepostAsync(user, original, ct));
                break;
            case < 46 when record.PostsOf(user).Where(post => post.Text is not null).ToList() is { Count: > 0 } texts:
                await EditAsync(user, Any(texts), ct);
                break;
            case < 55 when record.PostsOf(user) is { Count: > 0 } posts:
                var deleted = Any(posts).Id;
                await TwiceAtTimesAsync(() => DeleteAsync(user, deleted, ct));
                break;
            case < 70 when Any(record.Users) is var other && other != user && !record.Blocks(user, other) && !record.Blocks(other, user):
                await TwiceAtTimesAsync(() => FollowAsync(user, other, ct));
                break;
            case < 80 when record.Users.Where(other => record.Follows(user, other)).ToList() is { Count: > 0 } followees:
                var former = Any(followees);
                await TwiceAtTimesAsync(() => UnfollowAsync(user, former, ct));
                break;
            case < 83 when Any(record.Users) is var blocked && blocked != user && !record.Blocks(user, blocked):
                _steps.Add($"{user.Username} blocks {blocked.Username}");
                await user.BlockAsync(blocked, ct);
                record.Blocked(user, blocked);
                break;
            case < 86 when record.Users.Where(other => record.Blocks(user, other)).ToList() is { Count: > 0 } blocks:
                var pardoned = Any(blocks);
                _steps.Add($"{user.Username} unblocks {pardoned.Username}");
                await user.UnblockAsync(pardoned, ct);
                record.Unblocked(user, pardoned);
                break;
            default:
                await ReadAsync(user, ct);
                break;
        }
    }

    private async Task DeleteAsync(PulseUser author, string post, CancellationToken ct)
    {
        _steps.Add($"{author.Username} deletes {post}");
        await author.DeleteAsync(post, ct);
        record.Deleted(post);
    }

    /// <summary>Fan-out may be behind, so a read may show less than the oracle; never more, and never less of one's own.</summary>
    private async Task ReadAsync(PulseUser user, CancellationToken ct)
    {
        _steps.Add($"{user.Username} reads");
        var page = await user.FeedAsync(ct, limit: 100);
        var appearances = record.AppearancesFor(user);
        Assert.Equal(appearances.Select(post => post.Id).Intersect(page.Ids), page.Ids);
        Assert.Equal(page.Posts.Count, page.Posts.DistinctBy(post => post.ContentId).Count());
        Assert.All(page.Posts, post => Assert.Equal(record.TextOf(post.ContentId), post.Content));
        var missing = appearances.Where(post => post.Author == user).Select(post => post.ContentId).Except(page.Posts.Select(post => post.ContentId)).ToList();
        Assert.True(missing.Count == 0, $"{user.Username} misses own posts {string.Join(' ', missing)} on a page from {page.Source}, degraded [{string.Join(' ', page.Degraded)}]");
    }

    private async Task TwiceAtTimesAsync(Func<Task> call)
    {
        await call();
        if (random.Next(4) == 0) await call();
    }

    private T Any<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
