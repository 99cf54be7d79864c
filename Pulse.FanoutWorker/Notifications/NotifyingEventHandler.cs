using Pulse.Contracts.Api;
using Pulse.Contracts.Events;
using Pulse.Messaging.Queues;
using Pulse.Timelines.Notifications;

namespace Pulse.FanoutWorker.Notifications;

/// <summary>The queue <c>pulse-notifications</c>.</summary>
internal sealed class NotifyingEventHandler(Notifier notifier, NotificationStore store) : IMessageHandler
{
    public Task HandleAsync(EventEnvelope message, CancellationToken ct) => message.Type switch
    {
        _ when message.Type == PostPublished.Type => notifier.TellOfPostAsync(message.DataAs<PostPublished>(), ct),
        _ when message.Type == PostMentioned.Type => notifier.TellOfMentionsAsync(message.DataAs<PostMentioned>(), ct),
        _ when message.Type == PostDeleted.Type => notifier.EndPostAsync(message.DataAs<PostDeleted>(), ct),
        _ when message.Type == PostLiked.Type => LikeAsync(message.DataAs<PostLiked>(), ct),
        _ when message.Type == PostUnliked.Type => UnlikeAsync(message.DataAs<PostUnliked>(), message.OccurredAt, ct),
        _ when message.Type == UserFollowed.Type => FollowAsync(message.DataAs<UserFollowed>(), ct),
        _ when message.Type == UserUnfollowed.Type => UnfollowAsync(message.DataAs<UserUnfollowed>(), message.OccurredAt, ct),
        _ when message.Type == UserFollowRequested.Type => RequestAsync(message.DataAs<UserFollowRequested>(), ct),
        _ when message.Type == UserFollowRequestEnded.Type => EndRequestAsync(message.DataAs<UserFollowRequestEnded>(), message.OccurredAt, ct),
        _ when message.Type == UserFollowAccepted.Type => AcceptAsync(message.DataAs<UserFollowAccepted>(), message.OccurredAt, ct),
        _ when message.Type == UserDeleted.Type => store.ForgetAsync(message.DataAs<UserDeleted>().UserId, ct),
        // A newer producer may tell of things that this version does not know.
        _ => Task.CompletedTask,
    };

    private Task LikeAsync(PostLiked like, CancellationToken ct) => notifier.TellAsync(
        new Act(like.LikerId, like.Version, like.LikedAt), like.LikerId == like.AuthorId ? [] : [Notice.Of(like.AuthorId, NotificationKind.Like, like.PostId)], ct);

    private Task UnlikeAsync(PostUnliked unlike, DateTimeOffset at, CancellationToken ct) =>
        unlike.LikerId == unlike.AuthorId
            ? Task.CompletedTask
            : store.EndAsync(new Act(unlike.LikerId, unlike.Version, at), Notice.Of(unlike.AuthorId, NotificationKind.Like, unlike.PostId), ct);

    private Task FollowAsync(UserFollowed follow, CancellationToken ct) => notifier.TellAsync(
        new Act(follow.FollowerId, follow.Version, follow.Since), follow.Began ? [new Notice(follow.FolloweeId, NotificationKind.Follow)] : [], ct);

    private async Task UnfollowAsync(UserUnfollowed unfollow, DateTimeOffset at, CancellationToken ct)
    {
        await store.EndAsync(new Act(unfollow.FollowerId, unfollow.Version, at), new Notice(unfollow.FolloweeId, NotificationKind.Follow), ct);
        await store.EndAsync(new Act(unfollow.FolloweeId, unfollow.Version, at), new Notice(unfollow.FollowerId, NotificationKind.FollowAccepted), ct);
    }

    // Each request is a subject of its own: it wants an answer, however often the same user asked before.
    private Task RequestAsync(UserFollowRequested request, CancellationToken ct) => notifier.TellAsync(
        new Act(request.RequesterId, request.RequestId ?? 0, request.RequestedAt),
        // A request whose end nobody will tell would wait for an answer for ever.
        request.RequestId is { } id ? [new Notice(request.TargetId, NotificationKind.FollowRequest, id)] : [],
        ct);

    private Task EndRequestAsync(UserFollowRequestEnded request, DateTimeOffset at, CancellationToken ct) => store.EndAsync(
        new Act(request.RequesterId, request.RequestId, at), new Notice(request.TargetId, NotificationKind.FollowRequest, request.RequestId), ct);

    private Task AcceptAsync(UserFollowAccepted accepted, DateTimeOffset at, CancellationToken ct) => notifier.TellAsync(
        new Act(accepted.TargetId, accepted.Version, at), [new Notice(accepted.RequesterId, NotificationKind.FollowAccepted)], ct);
}
