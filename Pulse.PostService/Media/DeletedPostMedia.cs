using Pulse.Contracts.Events;
using Pulse.Messaging.Outbox;

namespace Pulse.PostService.Media;

/// <summary>Condemns the pictures of a deleted post before its event leaves: the event stays until that is done, so no crash keeps them.</summary>
internal sealed class DeletedPostMedia(CondemnedMedia media, TimeProvider clock) : IOutboxObserver
{
    public async Task<IReadOnlyCollection<long>> BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        long[] posts = [.. messages.Where(message => message.Type == PostDeleted.Type).Select(message => EventEnvelope.Read(message.Body).DataAs<PostDeleted>().PostId.Value)];
        if (posts.Length > 0) await media.CondemnAsync(posts, clock.GetUtcNow(), ct);
        return [];
    }
}
