using Pulse.Contracts.Events;
using Pulse.Messaging.Queues;

namespace Pulse.FanoutWorker.Planning;

/// <summary>The queue <c>pulse-fanout</c>.</summary>
internal sealed class PostEventHandler(FanoutPlanner planner) : IMessageHandler
{
    public Task HandleAsync(EventEnvelope message, CancellationToken ct) => message.Type switch
    {
        _ when message.Type == PostPublished.Type => planner.PlanAsync(message.DataAs<PostPublished>(), message.OccurredAt, ct),
        _ when message.Type == PostDeleted.Type => planner.DeleteAsync(message.DataAs<PostDeleted>(), ct),
        // A newer producer may tell of things that this version does not know; the queue's filter lets few of them through.
        _ => Task.CompletedTask,
    };
}
