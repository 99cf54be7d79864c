using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;

namespace Pulse.PostService.Posts;

/// <summary>
/// Repeats the tombstone of a delete until it stands: the request wrote it at best, and may have died or missed Redis.
/// No delete is published before its tombstone. As long as Redis is away deletes wait in the outbox, and only they.
/// </summary>
internal sealed class TombstoneKeeper(PostCache cache) : IOutboxObserver
{
    public async Task<IReadOnlyCollection<long>> BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        OutboxMessage[] deletes = [.. messages.Where(message => message.Type == PostDeleted.Type)];
        if (deletes.Length == 0) return [];

        PostId[] posts = [.. deletes.Select(message => EventEnvelope.Read(message.Body).DataAs<PostDeleted>().PostId)];
        return await cache.BuryAsync(posts, ct) ? [] : [.. deletes.Select(message => message.Id)];
    }
}
