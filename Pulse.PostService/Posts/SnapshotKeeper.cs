using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;

namespace Pulse.PostService.Posts;

/// <summary>
/// Repeats the snapshot of an edit until it stands: the request wrote it at best, and may have died or missed Redis.
/// No edit is published before its snapshot. As long as Redis is away edits wait in the outbox, and only they.
/// </summary>
internal sealed class SnapshotKeeper(IServiceScopeFactory scopes, PostCache cache) : IOutboxObserver
{
    public async Task<IReadOnlyCollection<long>> BeforePublishAsync(IReadOnlyList<OutboxMessage> messages, CancellationToken ct)
    {
        OutboxMessage[] edits = [.. messages.Where(message => message.Type == PostEdited.Type || message.Type == PostMentioned.Type)];
        if (edits.Length == 0) return [];

        long[] posts = [.. edits.Select(PostOf).Distinct()];
        await using var scope = scopes.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<PostDbContext>().Posts.AsNoTracking()
            .Where(post => posts.Contains(post.Id) && post.DeletedAt == null).ToListAsync(ct);
        // One that was deleted since has a tombstone, or will have.
        return await cache.ReplaceAsync(scope.ServiceProvider.GetRequiredService<Snapshots>().Of(rows), ct) ? [] : [.. edits.Select(message => message.Id)];
    }

    private static long PostOf(OutboxMessage message)
    {
        var envelope = EventEnvelope.Read(message.Body);
        return (message.Type == PostEdited.Type ? envelope.DataAs<PostEdited>().PostId : envelope.DataAs<PostMentioned>().PostId).Value;
    }
}
