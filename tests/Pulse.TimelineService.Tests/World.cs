using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.Timelines;
using Pulse.Timelines.Data;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Store;
using Pulse.TimelineService.Tests.Fakes;
using StackExchange.Redis;

namespace Pulse.TimelineService.Tests;

/// <summary>
/// Does to Redis and Postgres what UserService, PostService and the fan-out worker do, step by step, and knows what every
/// home timeline must therefore hold.
/// </summary>
internal sealed class World(IServiceProvider services, FakeUserService users, FakePostService posts)
{
    private static readonly SnowflakeGenerator Ids = new(TimeProvider.System, () => Snowflake.MaxNode);
    private static readonly DateTimeOffset LongAgo = new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentBag<UserId> _users = [];
    private readonly FollowEdges _edges = services.GetRequiredService<FollowEdges>();
    private readonly BlockEdges _blocks = services.GetRequiredService<BlockEdges>();
    private readonly MuteEdges _mutes = services.GetRequiredService<MuteEdges>();
    private readonly AuthorPosts _authorPosts = services.GetRequiredService<AuthorPosts>();
    private readonly PullAuthors _pullAuthors = services.GetRequiredService<PullAuthors>();
    private readonly TimelineStore _store = services.GetRequiredService<TimelineStore>();

    private IDatabase Redis => services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public UserId NewUser()
    {
        var id = new UserId(Ids.Next());
        users.Add(id);
        _users.Add(id);
        return id;
    }

    /// <summary>A follow whose event has been handled.</summary>
    public async Task FollowAsync(TestUser follower, TestUser followee, CancellationToken ct)
    {
        var version = await CommitFollowAsync(follower, followee, LongAgo);
        await _edges.ApplyAsync(new UserFollowed(follower.Id, followee.Id, version, LongAgo), ct);
        var recent = await _authorPosts.OfAuthorAsync(followee.Id, FanoutMode.Push, FeedApp.Capacity, ct);
        await _store.MergeAsync(follower.Id, recent, recent.Count < FeedApp.Capacity ? 0 : recent[^1], ct);
    }

    /// <summary>A follow of this moment whose event is still on its way.</summary>
    public Task FollowJustNowAsync(TestUser follower, TestUser followee) => CommitFollowAsync(follower, followee, TimeProvider.System.GetUtcNow());

    public async Task UnfollowAsync(TestUser follower, TestUser followee, CancellationToken ct)
    {
        var version = await CommitUnfollowAsync(follower, followee);
        await _edges.ApplyAsync(new UserUnfollowed(follower.Id, followee.Id, version), ct);
    }

    /// <summary>An unfollow whose event is still on its way.</summary>
    public async Task<long> CommitUnfollowAsync(TestUser follower, TestUser followee)
    {
        var version = users.Unfollow(follower.Id, followee.Id);
        await Redis.StringSetAsync(UserKeys.GraphVersion(follower.Id), version);
        return version;
    }

    /// <summary>A block whose events have been handled.</summary>
    public async Task BlockAsync(TestUser blocker, TestUser blocked, CancellationToken ct)
    {
        var (follows, followed) = (users.Follows(blocker.Id, blocked.Id), users.Follows(blocked.Id, blocker.Id));
        var versions = await CommitBlockAsync(blocker, blocked);
        if (follows) await _edges.ApplyAsync(new UserUnfollowed(blocker.Id, blocked.Id, versions.Blocker), ct);
        if (followed) await _edges.ApplyAsync(new UserUnfollowed(blocked.Id, blocker.Id, versions.Blocked), ct);
        await ProjectBlockAsync(blocker, blocked, versions, ct);
    }

    /// <summary>What the worker does with a block; the follows that it ended have events of their own.</summary>
    public Task ProjectBlockAsync(TestUser blocker, TestUser blocked, (long Blocker, long Blocked) versions, CancellationToken ct) =>
        _blocks.ApplyAsync(new UserBlocked(blocker.Id, blocked.Id, versions.Blocker, versions.Blocked), ct);

    /// <summary>A block whose events are still on their way.</summary>
    public async Task<(long Blocker, long Blocked)> CommitBlockAsync(TestUser blocker, TestUser blocked)
    {
        var versions = users.Block(blocker.Id, blocked.Id);
        await Redis.StringSetAsync(UserKeys.GraphVersion(blocker.Id), versions.Blocker);
        await Redis.StringSetAsync(UserKeys.GraphVersion(blocked.Id), versions.Blocked);
        return versions;
    }

    public async Task UnblockAsync(TestUser blocker, TestUser blocked, CancellationToken ct)
    {
        var versions = users.Unblock(blocker.Id, blocked.Id);
        await Redis.StringSetAsync(UserKeys.GraphVersion(blocker.Id), versions.Blocker);
        await Redis.StringSetAsync(UserKeys.GraphVersion(blocked.Id), versions.Blocked);
        await _blocks.ApplyAsync(new UserUnblocked(blocker.Id, blocked.Id, versions.Blocker, versions.Blocked), ct);
    }

    /// <summary>A mute whose event has been handled.</summary>
    public async Task MuteAsync(TestUser muter, TestUser muted, CancellationToken ct, DateTimeOffset? until = null, bool repostsOnly = false)
    {
        var version = await CommitMuteAsync(muter, muted, until, repostsOnly);
        await _mutes.ApplyAsync(new UserMuted(muter.Id, muted.Id, version, until, repostsOnly), ct);
    }

    /// <summary>A mute whose event is still on its way.</summary>
    public async Task<long> CommitMuteAsync(TestUser muter, TestUser muted, DateTimeOffset? until = null, bool repostsOnly = false)
    {
        var version = users.Mute(muter.Id, new Mute(muted.Id, until, repostsOnly));
        await Redis.StringSetAsync(UserKeys.GraphVersion(muter.Id), version);
        return version;
    }

    public async Task UnmuteAsync(TestUser muter, TestUser muted, CancellationToken ct)
    {
        var version = users.Unmute(muter.Id, muted.Id);
        await Redis.StringSetAsync(UserKeys.GraphVersion(muter.Id), version);
        await _mutes.ApplyAsync(new UserUnmuted(muter.Id, muted.Id, version), ct);
    }

    /// <summary>A change of what a card shows, as UserService makes it.</summary>
    public async Task ChangeCardAsync(TestUser user, Func<AuthorCard, AuthorCard> change) =>
        await Redis.StringSetAsync(UserKeys.Card(user.Id), users.ChangeCard(user.Id, change).Encode());

    /// <summary>A post whose event has been handled.</summary>
    public async Task<PostId> PostAsync(TestUser author, CancellationToken ct, PostVisibility visibility = PostVisibility.Public, FanoutMode mode = FanoutMode.Push)
    {
        var post = CommitPost(author, visibility);
        await PlanAsync(author, post, mode, ct);
        return post;
    }

    public async Task PostManyAsync(TestUser author, int count, CancellationToken ct)
    {
        for (var made = 0; made < count; made++) await PostAsync(author, ct);
    }

    /// <summary>A post that only PostService knows as yet.</summary>
    public PostId CommitPost(TestUser author, PostVisibility visibility = PostVisibility.Public, PostId? inReplyTo = null)
    {
        var post = new PostId(Ids.Next());
        posts.Add(post, author.Id, visibility, inReplyTo);
        return post;
    }

    /// <summary>A reply whose event has been handled.</summary>
    public async Task<PostId> ReplyAsync(TestUser author, PostId parent, CancellationToken ct, FanoutMode mode = FanoutMode.Push)
    {
        var post = CommitPost(author, PostVisibility.Public, parent);
        await PlanAsync(author, post, mode, ct);
        return post;
    }

    /// <summary>A repost whose event has been handled.</summary>
    public async Task<PostId> RepostAsync(TestUser author, PostId original, CancellationToken ct, FanoutMode mode = FanoutMode.Push)
    {
        var post = CommitRepost(author, original);
        await PlanAsync(author, post, mode, ct);
        return post;
    }

    /// <summary>A repost that only PostService knows as yet.</summary>
    public PostId CommitRepost(TestUser author, PostId original)
    {
        var id = new PostId(Ids.Next());
        posts.Add(new PostSnapshot(
            id, author.Id, "", PostVisibility.Public, Snowflake.TimeOf(id.Value), RepostOf: original, RepostOfAuthorId: posts.Find(original)!.AuthorId));
        return id;
    }

    /// <summary>A quote whose event has been handled.</summary>
    public async Task<PostId> QuoteAsync(TestUser author, PostId quoted, CancellationToken ct)
    {
        var id = new PostId(Ids.Next());
        posts.Add(new PostSnapshot(
            id, author.Id, $"Text of {id}", PostVisibility.Public, Snowflake.TimeOf(id.Value), QuoteOf: quoted, QuoteOfAuthorId: posts.Find(quoted)!.AuthorId));
        await PlanAsync(author, id, FanoutMode.Push, ct);
        return id;
    }

    /// <summary>What PostService writes to Redis beside a post.</summary>
    public Task PutIntoSelfAsync(TestUser author, PostId post) => Redis.ListLeftPushAsync(PostKeys.Self(author.Id), Snowflake.ToBytes(post.Value));

    public async Task PlanAsync(TestUser author, PostId post, FanoutMode mode, CancellationToken ct)
    {
        var recorded = await _authorPosts.RecordAsync(author.Id, post, mode, ct);
        if (recorded.Deleted) return;

        if (recorded.Mode == FanoutMode.Pull)
        {
            await _store.RaisePullersAsync(await _pullAuthors.AddAsync(author.Id, ct), ct);
            await _store.PushToTailAsync(author.Id, post, ct);
            return;
        }

        await _store.PushAsync(new[] { author.Id.Value }, post, ct);
        await foreach (var page in _edges.FollowersAsync(author.Id, pageSize: 100, ct)) await _store.PushAsync(page, post, ct);
    }

    /// <summary>A delete as PostService does it; its event is still on its way.</summary>
    public async Task DeleteAsync(PostId post)
    {
        posts.Delete(post);
        await Redis.StringSetAsync(PostKeys.Snapshot(post), PostSnapshot.Tombstone.ToArray());
    }

    /// <summary>Puts the snapshots and counts of all posts, the cards of their authors and the versions of everybody's marks where hydration looks first.</summary>
    public async Task CacheSnapshotsAsync()
    {
        foreach (var user in _users) await Redis.StringSetAsync(PostKeys.MarksVersion(user), posts.Marks.GetValueOrDefault(user)?.Version ?? 0);
        foreach (var post in posts.All)
        {
            await Redis.StringSetAsync(PostKeys.Snapshot(post.Id), post.Encode());
            await Redis.StringSetAsync(PostKeys.Counts(post.Id), (posts.Counts.GetValueOrDefault(post.Id) ?? new PostCounts(post.Id)).Encode());
            await Redis.StringSetAsync(UserKeys.Card(post.AuthorId), new AuthorCard(post.AuthorId, "cached", "Cached", AvatarUrl: null, IsCelebrity: false, Version: 1).Encode());
        }
    }

    /// <summary>The visible posts of the reader and of his followees, newest first, computed from the owners' truth alone.</summary>
    public IReadOnlyList<long> Oracle(TestUser reader) =>
    [
        .. posts.All
            .Where(post => post.AuthorId == reader.Id || (users.Follows(reader.Id, post.AuthorId) && post.Visibility != PostVisibility.Mentioned && !IsSilent(reader, post.AuthorId)))
            .Select(post => post.Id.Value)
            .OrderDescending(),
    ];

    private bool IsSilent(TestUser reader, UserId author) =>
        users.Standing(author) == AuthorStanding.Suspended
        || (users.MuteOf(reader.Id, author) is { RepostsOnly: false } mute && mute.IsInForce(TimeProvider.System.GetUtcNow()));

    private async Task<long> CommitFollowAsync(TestUser follower, TestUser followee, DateTimeOffset since)
    {
        var version = users.Follow(follower.Id, followee.Id, since);
        await Redis.StringSetAsync(UserKeys.GraphVersion(follower.Id), version);
        return version;
    }
}
