using Pulse.Contracts.Events;
using Pulse.Messaging.Queues;

namespace Pulse.FanoutWorker.Graph;

/// <summary>The queue <c>pulse-graph</c>: keeps the projection of the follow graph.</summary>
internal sealed class GraphEventHandler(FollowProjection projection) : IMessageHandler
{
    public Task HandleAsync(EventEnvelope message, CancellationToken ct) => message.Type switch
    {
        _ when message.Type == UserFollowed.Type => projection.FollowAsync(message.DataAs<UserFollowed>(), ct),
        _ when message.Type == UserUnfollowed.Type => projection.UnfollowAsync(message.DataAs<UserUnfollowed>(), ct),
        // A newer producer may tell of things that this version does not know.
        _ => Task.CompletedTask,
    };
}
