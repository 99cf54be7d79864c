using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TimelineService.Tests.Fakes;
using StackExchange.Redis;

namespace Pulse.Engine.Tests.Engine;

/// <summary>An event that an owner has committed, as it goes over the bus.</summary>
/// <param name="What">For whoever reads a failure.</param>
/// <param name="Body">The envelope.</param>
/// <param name="Post">The post that it publishes.</param>
/// <param name="Edge">The edge that it changes, with the version of the change.</param>
internal sealed record BusEvent(string What, string Body, PostId? Post = null, (UserId Follower, UserId Followee, long Version)? Edge = null);

/// <summary>
/// UserService and PostService: the truth, what they publish in Redis, and their events. Also the oracle: what every home
/// timeline must show when all events are handled, and what it must show before.
/// </summary>
internal sealed class Owners(IDatabase redis, ManualClock clock) : IDisposable
{
    private static readonly TimeSpan YoungEdge = TimeSpan.FromMinutes(10);

    private readonly SnowflakeGenerator _ids = new(clock, () => Snowflake.MaxNode);
    private readonly Dictionary<(UserId Follower, UserId Followee), (long Version, DateTimeOffset Since)> _edges = [];
    private readonly Dictionary<(UserId Follower, UserId Followee), long> _handledEdges = [];
    private readonly HashSet<PostId> _planned = [];

    public FakeUserService Users { get; } = new();

    public FakePostService Posts { get; } = new();

    public UserId NewUser()
    {
        var user = new UserId(_ids.Next());
        Users.Add(user);
        return user;
    }

    public PostId NewPostId() => new(_ids.Next());

    public async Task<BusEvent> PostAsync(UserId author, PostVisibility visibility = PostVisibility.Public)
    {
        var id = NewPostId();
        await redis.ListLeftPushAsync(PostKeys.Self(author), Snowflake.ToBytes(id.Value));
        var snapshot = Posts.Add(id, author, visibility);
        await redis.StringSetAsync(PostKeys.Snapshot(id), snapshot.Encode());
        return new BusEvent($"publish {id}", Body(new PostPublished(id, author, visibility, clock.GetUtcNow())), Post: id);
    }

    public async Task<BusEvent> DeleteAsync(PostId post)
    {
        var author = Posts.All.Single(each => each.Id == post).AuthorId;
        await redis.StringSetAsync(PostKeys.Snapshot(post), PostSnapshot.Tombstone.ToArray());
        Posts.Delete(post);
        return new BusEvent($"delete {post}", Body(new PostDeleted(post, author)));
    }

    public bool MayFollow(UserId follower, UserId followee) =>
        follower != followee && !Users.Follows(follower, followee) && !Users.Blocks(follower, followee) && !Users.Blocks(followee, follower);

    public async Task<BusEvent> FollowAsync(UserId follower, UserId followee)
    {
        var since = clock.GetUtcNow();
        var version = Users.Follow(follower, followee, since);
        _edges[(follower, followee)] = (version, since);
        await PublishVersionAsync(follower, version);
        return new BusEvent($"follow {follower}>{followee}", Body(new UserFollowed(follower, followee, version, since)), Edge: (follower, followee, version));
    }

    public async Task<BusEvent> UnfollowAsync(UserId follower, UserId followee)
    {
        var version = Users.Unfollow(follower, followee);
        await PublishVersionAsync(follower, version);
        return Unfollowed(follower, followee, version);
    }

    /// <summary>A block ends the follows between the two; each end has an event of its own.</summary>
    public async Task<IReadOnlyList<BusEvent>> BlockAsync(UserId blocker, UserId blocked)
    {
        var (follows, followed) = (Users.Follows(blocker, blocked), Users.Follows(blocked, blocker));
        var versions = Users.Block(blocker, blocked);
        await PublishVersionAsync(blocker, versions.Blocker);
        await PublishVersionAsync(blocked, versions.Blocked);
        List<BusEvent> events = [new($"block {blocker}>{blocked}", Body(new UserBlocked(blocker, blocked, versions.Blocker, versions.Blocked)))];
        if (follows) events.Add(Unfollowed(blocker, blocked, versions.Blocker));
        if (followed) events.Add(Unfollowed(blocked, blocker, versions.Blocked));
        return events;
    }

    public async Task<BusEvent> UnblockAsync(UserId blocker, UserId blocked)
    {
        var versions = Users.Unblock(blocker, blocked);
        await PublishVersionAsync(blocker, versions.Blocker);
        await PublishVersionAsync(blocked, versions.Blocked);
        return new BusEvent($"unblock {blocker}>{blocked}", Body(new UserUnblocked(blocker, blocked, versions.Blocker, versions.Blocked)));
    }

    public async Task<BusEvent> MuteAsync(UserId muter, UserId muted, TimeSpan? time, bool repostsOnly)
    {
        var until = time is { } span ? Projections.ToMilliseconds(clock.GetUtcNow() + span) : (DateTimeOffset?)null;
        var version = Users.Mute(muter, new Mute(muted, until, repostsOnly));
        await PublishVersionAsync(muter, version);
        return new BusEvent($"mute {muter}>{muted} {time} {repostsOnly}", Body(new UserMuted(muter, muted, version, until, repostsOnly)));
    }

    public async Task<BusEvent> UnmuteAsync(UserId muter, UserId muted)
    {
        var version = Users.Unmute(muter, muted);
        await PublishVersionAsync(muter, version);
        return new BusEvent($"unmute {muter}>{muted}", Body(new UserUnmuted(muter, muted, version)));
    }

    /// <summary>The worker has handled it to its end, once at least.</summary>
    public void Handled(BusEvent handled)
    {
        if (handled.Post is { } post) _planned.Add(post);
        if (handled.Edge is { } edge) _handledEdges[(edge.Follower, edge.Followee)] = Math.Max(edge.Version, _handledEdges.GetValueOrDefault((edge.Follower, edge.Followee)));
    }

    /// <summary>The visible posts of the reader and of his followees, newest first.</summary>
    public IReadOnlyList<long> Oracle(UserId reader) => Newest(reader, _ => true);

    /// <summary>What no page may lack although events are on their way: the reader's own posts, and planned ones of followees whose edge is young or handled.</summary>
    public IReadOnlyList<long> Required(UserId reader) => Newest(reader, post => post.AuthorId == reader || (_planned.Contains(post.Id) && IsReadable(reader, post.AuthorId)));

    public void Dispose()
    {
        Users.Dispose();
        Posts.Dispose();
    }

    private bool IsReadable(UserId follower, UserId followee)
    {
        var (version, since) = _edges[(follower, followee)];
        return since > clock.GetUtcNow() - YoungEdge || _handledEdges.GetValueOrDefault((follower, followee)) >= version;
    }

    private List<long> Newest(UserId reader, Func<PostSnapshot, bool> which) =>
    [
        .. Posts.All
            .Where(post => post.AuthorId == reader || (Users.Follows(reader, post.AuthorId) && post.Visibility != PostVisibility.Mentioned && !IsMuted(reader, post.AuthorId)))
            .Where(which)
            .Select(post => post.Id.Value)
            .OrderDescending(),
    ];

    private bool IsMuted(UserId reader, UserId author) => Users.MuteOf(reader, author) is { RepostsOnly: false } mute && mute.IsInForce(clock.GetUtcNow());

    private BusEvent Unfollowed(UserId follower, UserId followee, long version) =>
        new($"unfollow {follower}>{followee}", Body(new UserUnfollowed(follower, followee, version)), Edge: (follower, followee, version));

    private Task PublishVersionAsync(UserId user, long version) => redis.StringSetAsync(UserKeys.GraphVersion(user), version);

    private string Body<TEvent>(TEvent data)
        where TEvent : IEvent =>
        EventEnvelope.Write(_ids.Next(), data, clock.GetUtcNow());
}
