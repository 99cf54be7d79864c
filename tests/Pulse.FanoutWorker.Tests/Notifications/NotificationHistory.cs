using Pulse.Contracts;
using Pulse.Contracts.Api;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;

namespace Pulse.FanoutWorker.Tests.Notifications;

/// <summary>
/// What some users do to each other, as the owners of follows and posts record it: the events that they send, and what each user must be told when all of
/// them have been handled.
/// </summary>
internal sealed class NotificationHistory(FanoutApp app, UserId[] users, IReadOnlyCollection<(UserId Follower, UserId Author)> flagged, Random random)
{
    private readonly Dictionary<UserId, long> _graphs = [];
    private readonly Dictionary<UserId, long> _marks = [];
    private readonly Dictionary<(UserId Follower, UserId Followee), bool> _follows = [];
    private readonly Dictionary<(UserId Requester, UserId Target), long> _requests = [];
    private readonly HashSet<(UserId Liker, PostId Post)> _likes = [];
    private readonly List<PostPublished> _posts = [];

    /// <summary>Deliveries of the events, in order of what happened.</summary>
    public List<Func<CancellationToken, Task>> Events { get; } = [];

    public void Step()
    {
        var (one, other) = (users[random.Next(users.Length)], users[random.Next(users.Length)]);
        switch (random.Next(14))
        {
            case < 2 when one != other:
                Follow(one, other);
                break;
            case < 4 when one != other:
                Request(one, other);
                break;
            case < 7 when Any() is { } post:
                Like(one, post);
                break;
            case < 8 when Any() is { } post:
                Repost(one, post);
                break;
            case < 9 when _posts.Count > 0:
                Delete(_posts[random.Next(_posts.Count)]);
                break;
            default:
                Publish(one);
                break;
        }
    }

    /// <summary>Who did what, for each user, when every event has been handled.</summary>
    public IEnumerable<(NotificationKind Kind, long Subject, UserId Actor)> Expected(UserId user)
    {
        foreach (var (edge, accepted) in _follows)
        {
            if (edge.Followee == user) yield return (NotificationKind.Follow, 0, edge.Follower);
            if (accepted && edge.Follower == user) yield return (NotificationKind.FollowAccepted, 0, edge.Followee);
        }

        foreach (var (pair, request) in _requests.Where(request => request.Key.Target == user)) yield return (NotificationKind.FollowRequest, request, pair.Requester);
        foreach (var post in _posts)
        {
            foreach (var (liker, _) in _likes.Where(like => like.Post == post.PostId && post.AuthorId == user && like.Liker != user)) yield return (NotificationKind.Like, post.PostId.Value, liker);
            if (post.AuthorId == user || post.Limited) continue;
            if (post.RepostOf is { } original)
            {
                if (post.RepostOfAuthorId == user && _posts.Exists(shown => shown.PostId == original)) yield return (NotificationKind.Repost, original.Value, post.AuthorId);
            }
            else if (Told(post, user) is { } kind)
            {
                yield return (kind, post.PostId.Value, post.AuthorId);
            }
        }
    }

    private NotificationKind? Told(PostPublished post, UserId user) =>
        post.InReplyToAuthorId == user ? NotificationKind.Reply
        : post.QuoteOfAuthorId == user ? NotificationKind.Quote
        : post.Mentions?.Contains(user) == true ? NotificationKind.Mention
        : post.InReplyTo is null && post.Visibility != PostVisibility.Mentioned && flagged.Contains((user, post.AuthorId)) ? NotificationKind.Post
        : null;

    private PostPublished? Any() => _posts.Where(post => post.RepostOf is null).OrderBy(_ => random.Next()).FirstOrDefault();

    private void Follow(UserId one, UserId other)
    {
        var version = Raise(_graphs, one);
        if (_follows.Remove((one, other)))
        {
            Send(new UserUnfollowed(one, other, version));
            return;
        }

        _follows[(one, other)] = false;
        var (since, notify) = (TimeProvider.System.GetUtcNow(), random.Next(2) == 0);
        Send(new UserFollowed(one, other, version, since, notify));
        if (random.Next(3) == 0) Send(new UserFollowed(one, other, Raise(_graphs, one), since, !notify, Began: false));
    }

    private void Request(UserId one, UserId other)
    {
        if (_requests.Remove((one, other), out var waiting))
        {
            Send(new UserFollowRequestEnded(one, other, waiting));
            if (random.Next(2) == 0 || _follows.ContainsKey((one, other))) return;

            var version = Raise(_graphs, one);
            Send(new UserFollowed(one, other, version, TimeProvider.System.GetUtcNow()));
            Send(new UserFollowAccepted(one, other, version));
            _follows[(one, other)] = true;
        }
        else if (!_follows.ContainsKey((one, other)))
        {
            var request = _requests[(one, other)] = app.NewUser().Value;
            Send(new UserFollowRequested(one, other, TimeProvider.System.GetUtcNow(), request));
        }
    }

    private void Like(UserId liker, PostPublished post)
    {
        var version = Raise(_marks, liker);
        if (_likes.Add((liker, post.PostId)))
        {
            Send(new PostLiked(post.PostId, post.AuthorId, liker, version, TimeProvider.System.GetUtcNow()));
        }
        else
        {
            _likes.Remove((liker, post.PostId));
            Send(new PostUnliked(post.PostId, post.AuthorId, liker, version));
        }
    }

    private void Repost(UserId reposter, PostPublished post)
    {
        if (_posts.Find(other => other.AuthorId == reposter && other.RepostOf == post.PostId) is { } standing)
        {
            Delete(standing);
            return;
        }

        Publish(app.NewPost(reposter) with { RepostOf = post.PostId, RepostOfAuthorId = post.AuthorId });
    }

    private void Publish(UserId author)
    {
        var post = app.NewPost(author) with
        {
            Visibility = (PostVisibility)random.Next(3),
            Mentions = random.Next(3) == 0 ? [.. users.Where(user => user != author && random.Next(3) == 0)] : null,
            Limited = random.Next(8) == 0,
        };
        if (random.Next(3) == 0 && Any() is { } parent) post = post with { InReplyTo = parent.PostId, InReplyToAuthorId = parent.AuthorId };
        if (random.Next(4) == 0 && Any() is { } quoted) post = post with { QuoteOf = quoted.PostId, QuoteOfAuthorId = quoted.AuthorId };
        Publish(post);
    }

    private void Publish(PostPublished post)
    {
        _posts.Add(post);
        Send(post);
    }

    private void Delete(PostPublished post)
    {
        _posts.Remove(post);
        Send(new PostDeleted(post.PostId, post.AuthorId));
    }

    private void Send<TEvent>(TEvent data)
        where TEvent : IEvent =>
        Events.Add(ct => app.NotifyAsync(data, ct));

    private static long Raise(Dictionary<UserId, long> versions, UserId user) => versions[user] = versions.GetValueOrDefault(user) + 1;
}
