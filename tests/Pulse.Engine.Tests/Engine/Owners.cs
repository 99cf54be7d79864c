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

    /// <param name="author">Who posts.</param>
    /// <param name="visibility">Who may see it.</param>
    /// <param name="mentioned">Who is mentioned; null for nobody.</param>
    public Task<BusEvent> PostAsync(UserId author, PostVisibility visibility = PostVisibility.Public, UserId? mentioned = null) =>
        PublishAsync(NewPost(author) with { Visibility = visibility, Mentions = mentioned is { } user ? [user] : null });

    public Task<BusEvent> ReplyAsync(UserId author, PostSnapshot parent) => PublishAsync(NewPost(author) with { InReplyTo = parent.Id, InReplyToAuthorId = parent.AuthorId });

    public Task<BusEvent> QuoteAsync(UserId author, PostSnapshot quoted) => PublishAsync(NewPost(author) with { QuoteOf = quoted.Id, QuoteOfAuthorId = quoted.AuthorId });

    public Task<BusEvent> RepostAsync(UserId author, PostSnapshot original) =>
        PublishAsync(NewPost(author) with { Content = "", RepostOf = original.Id, RepostOfAuthorId = original.AuthorId });

    /// <summary>An edit whose snapshot stands; no timeline changes with it.</summary>
    public async Task EditAsync(PostSnapshot post)
    {
        var edited = Posts.Add(post with { Content = $"{post.Content}!", EditedAt = clock.GetUtcNow(), Revision = post.Revision + 1 });
        await redis.StringSetAsync(PostKeys.Snapshot(post.Id), edited.Encode());
    }

    /// <summary>What a user may repost or quote.</summary>
    public bool MayShare(UserId user, PostSnapshot post) => post is { Visibility: PostVisibility.Public, RepostOf: null } && Sees(user, post);

    public bool HasReposted(UserId user, PostSnapshot post) => Posts.All.Any(each => each.AuthorId == user && each.RepostOf == post.Id);

    /// <summary>Whether the reader may see a post at all.</summary>
    public bool Sees(UserId reader, PostSnapshot post) =>
        post.AuthorId == reader
        || (!Users.Blocks(reader, post.AuthorId)
            && !Users.Blocks(post.AuthorId, reader)
            && post.Visibility switch
            {
                PostVisibility.Public => true,
                PostVisibility.Followers => Users.Follows(reader, post.AuthorId),
                _ => post.Mentions?.Contains(reader) == true,
            });

    /// <summary>Whether the reader is shown what a post quotes.</summary>
    public bool SeesQuote(UserId reader, PostSnapshot post) =>
        post.QuoteOf is { } quote && Posts.Find(quote) is { } quoted && Sees(reader, quoted) && (quoted.AuthorId == reader || !IsMuted(reader, quoted.AuthorId));

    public async Task<BusEvent> DeleteAsync(PostId post)
    {
        var author = Posts.Find(post)!.AuthorId;
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

    /// <summary>The visible posts and reposts of the reader and of his followees, newest first; one content may stand there several times.</summary>
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
        [.. Posts.All.Where(post => IsHome(reader, post)).Where(which).Select(post => post.Id.Value).OrderDescending()];

    private bool IsHome(UserId reader, PostSnapshot post)
    {
        if (post.AuthorId != reader && !Users.Follows(reader, post.AuthorId)) return false;
        if (post.RepostOf is not { } shown) return Sees(reader, post) && (post.AuthorId == reader || !IsMuted(reader, post.AuthorId));

        return Posts.Find(shown) is { } original
            && Sees(reader, original)
            && (post.AuthorId == reader || (!AreRepostsMuted(reader, post.AuthorId) && !IsMuted(reader, original.AuthorId)));
    }

    private bool IsMuted(UserId reader, UserId author) => Users.MuteOf(reader, author) is { RepostsOnly: false } mute && mute.IsInForce(clock.GetUtcNow());

    private bool AreRepostsMuted(UserId reader, UserId author) => Users.MuteOf(reader, author) is { } mute && mute.IsInForce(clock.GetUtcNow());

    private PostSnapshot NewPost(UserId author)
    {
        var id = NewPostId();
        return new PostSnapshot(id, author, $"Text of {id}", PostVisibility.Public, Snowflake.TimeOf(id.Value));
    }

    private async Task<BusEvent> PublishAsync(PostSnapshot post)
    {
        await redis.ListLeftPushAsync(PostKeys.Self(post.AuthorId), Snowflake.ToBytes(post.Id.Value));
        Posts.Add(post);
        await redis.StringSetAsync(PostKeys.Snapshot(post.Id), post.Encode());
        var published = new PostPublished(
            post.Id, post.AuthorId, post.Visibility, clock.GetUtcNow(), post.InReplyTo, post.InReplyToAuthorId, post.RepostOf, post.RepostOfAuthorId, post.QuoteOf, post.QuoteOfAuthorId, post.Mentions);
        return new BusEvent($"publish {post.Id}{(post.RepostOf is { } original ? $" showing {original}" : "")}", Body(published), Post: post.Id);
    }

    private BusEvent Unfollowed(UserId follower, UserId followee, long version) =>
        new($"unfollow {follower}>{followee}", Body(new UserUnfollowed(follower, followee, version)), Edge: (follower, followee, version));

    private Task PublishVersionAsync(UserId user, long version) => redis.StringSetAsync(UserKeys.GraphVersion(user), version);

    private string Body<TEvent>(TEvent data)
        where TEvent : IEvent =>
        EventEnvelope.Write(_ids.Next(), data, clock.GetUtcNow());
}
