using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Posts;

/// <summary>
/// Repeats the tombstone of a delete until it stands: the request wrote it at best, and may have died or missed Redis.
/// No delete is published before its tombstone, and as long as Redis is away its consumers wait for it too.
/// </summary>
internal sealed class TombstoneKeeper(PostCache cache) : IOutboxObserver
{
    public async Task BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        PostId[] deleted =
        [
            .. messages.Where(message => message.Type == PostDeleted.Type)
                .Select(message => EventEnvelope.Read(message.Body).DataAs<PostDeleted>().PostId),
        ];
        if (deleted.Length > 0 && !await cache.BuryAsync(deleted, ct)) throw new DependencyUnavailableException("redis");
    }
}
