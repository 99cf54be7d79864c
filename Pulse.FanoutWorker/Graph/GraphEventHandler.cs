using Pulse.Contracts.Events;
using Pulse.Messaging.Queues;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Store;

namespace Pulse.FanoutWorker.Graph;

/// <summary>The queue <c>pulse-graph</c>: keeps the projections of the follows, the blocks and the mutes.</summary>
internal sealed class GraphEventHandler(FollowProjection follows, BlockEdges blocks, MuteEdges mutes, TimelineStore store) : IMessageHandler
{
    public Task HandleAsync(EventEnvelope message, CancellationToken ct) => message.Type switch
    {
        _ when message.Type == UserFollowed.Type => follows.FollowAsync(message.DataAs<UserFollowed>(), ct),
        _ when message.Type == UserUnfollowed.Type => follows.UnfollowAsync(message.DataAs<UserUnfollowed>(), ct),
        // The follows that a block ended have events of their own, and no list is searched: the rules of the read path hide.
        _ when message.Type == UserBlocked.Type => blocks.ApplyAsync(message.DataAs<UserBlocked>(), ct),
        _ when message.Type == UserUnblocked.Type => blocks.ApplyAsync(message.DataAs<UserUnblocked>(), ct),
        _ when message.Type == UserMuted.Type => mutes.ApplyAsync(message.DataAs<UserMuted>(), ct),
        _ when message.Type == UserUnmuted.Type => mutes.ApplyAsync(message.DataAs<UserUnmuted>(), ct),
        // His edges and posts have had events of their own; what stays of them are tombstones.
        _ when message.Type == UserDeleted.Type => store.ForgetAsync(message.DataAs<UserDeleted>().UserId, ct),
        // A newer producer may tell of things that this version does not know.
        _ => Task.CompletedTask,
    };
}
