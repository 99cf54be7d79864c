using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Data;

namespace Pulse.PostService.Posts;

/// <summary>Changes a post and tells of it in one transaction. What Redis holds is written around it, at best.</summary>
internal sealed partial class PostWriter(
    PostDbContext db, SnowflakeGenerator ids, PostCache cache, OutboxSignal signal, TimeProvider clock, ILogger<PostWriter> logger)
{
    public async Task<PostSnapshot> PublishAsync(UserId author, PostDraft draft, CancellationToken ct)
    {
        var id = new PostId(ids.Next(above: draft.InReplyTo?.Value ?? 0));
        var row = new Post
        {
            Id = id.Value,
            AuthorId = author.Value,
            Content = draft.Content,
            Visibility = draft.Visibility,
            InReplyTo = draft.InReplyTo?.Value,
            InReplyToAuthor = draft.InReplyToAuthor?.Value,
            CreatedAt = Snowflake.TimeOf(id.Value),
        };
        db.Posts.Add(row);
        Enqueue(new PostPublished(id, author, draft.Visibility, row.CreatedAt, draft.InReplyTo));

        // Before the commit: an id too many hydrates to nothing, one too few would hide a post from its own author.
        await cache.AddToSelfAsync(author, id, ct);
        await db.SaveChangesAsync(ct);
        signal.Wake();

        var post = row.ToSnapshot();
        await cache.FillAsync([post], CancellationToken.None);
        LogPublished(id, author);
        return post;
    }

    /// <summary>Deletes a post that stands. Somebody else may have deleted it meanwhile, which is as good.</summary>
    public async Task DeleteAsync(Post row, CancellationToken ct)
    {
        var id = new PostId(row.Id);
        row.DeletedAt = clock.GetUtcNow();
        Enqueue(new PostDeleted(id, new UserId(row.AuthorId)));

        await cache.BuryEarlyAsync(id, ct);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return;
        }
        catch
        {
            // If the commit came through after all, the event stands and TombstoneKeeper buries the post for good.
            await cache.UnburyAsync(id, CancellationToken.None);
            throw;
        }

        signal.Wake();
        await cache.BuryAsync([id], CancellationToken.None);
        LogDeleted(id);
    }

    private void Enqueue<TEvent>(TEvent data)
        where TEvent : IEvent => db.Outbox.Add(OutboxMessage.For(data, ids.Next(), clock.GetUtcNow()));

    [LoggerMessage(4101, LogLevel.Debug, "Post {PostId} of {AuthorId} is published")]
    private partial void LogPublished(PostId postId, UserId authorId);

    [LoggerMessage(4102, LogLevel.Debug, "Post {PostId} is deleted")]
    private partial void LogDeleted(PostId postId);
}
