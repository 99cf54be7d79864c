using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Counting;
using Pulse.PostService.Data;
using Pulse.PostService.Engagement;
using Pulse.PostService.Posts;
using Pulse.PostService.Safety;
using Pulse.PostService.Showing;

namespace Pulse.PostService.Publishing;

/// <summary>Writes posts and ends them, and tells of it in one transaction. What Redis holds is written around it, at best.</summary>
internal sealed partial class PostWriter(
    PostDbContext db,
    SnowflakeGenerator ids,
    Snapshots snapshots,
    PostCache cache,
    MarksVersions marks,
    ContentChecks checks,
    IdempotencyKeys keys,
    OutboxSignal signal,
    CountSignal counts,
    TimeProvider clock,
    ILogger<PostWriter> logger)
{
    /// <exception cref="DbUpdateConcurrencyException">An upload has changed since it was looked up: another post has it, say.</exception>
    /// <exception cref="DbUpdateException">The key was used at the same moment (<see cref="IdempotencyKeys.IsTaken"/>), or the original was reposted (<see cref="IsReposted"/>).</exception>
    /// <returns>The post; without one, by which rule about floods it was refused.</returns>
    public async Task<(PostSnapshot? Post, Verdict Verdict)> PublishAsync(UserId author, PostDraft draft, KeyedRequest? keyed, CancellationToken ct)
    {
        await using var transaction = draft.Counted is null && draft.Original is null ? null : await db.Database.BeginTransactionAsync(ct);
        var verdict = draft.Counted is { } counted ? await checks.CountAsync(author, counted, ct) : Verdict.Allow;
        if (verdict.Outcome == Outcome.Reject) return (null, verdict);

        if (verdict.Outcome == Outcome.Limit) draft = draft with { Limited = true };
        var id = new PostId(ids.Next(above: Math.Max(draft.Parent?.Post.Id.Value ?? 0, Math.Max(draft.Original?.Post.Id.Value ?? 0, draft.Quoted?.Post.Id.Value ?? 0))));
        var row = RowOf(id, author, draft);
        var post = snapshots.Of(row);
        db.Posts.Add(row);
        if (row is { Limited: false, Visibility: Contracts.PostVisibility.Public }) db.Tags.AddRange(draft.Tags.Select(tag => new PostTag { Tag = tag, PostId = row.Id }));
        if (draft.Unresolved) db.UnresolvedMentions.Add(new UnresolvedMention { PostId = row.Id });
        if (PostCountStep.Of(row, 1) is { } step) db.CountSteps.Add(step);
        foreach (var upload in draft.Uploads) upload.Attach(id);
        if (keyed is not null) keys.Add(author, keyed, id);

        Enqueue(new PostPublished(
            id, author, draft.Visibility, row.CreatedAt, post.InReplyTo, post.InReplyToAuthorId, post.RepostOf, post.RepostOfAuthorId, post.QuoteOf, post.QuoteOfAuthorId,
            post.Mentions, post.Limited));

        // Before the commit: an id too many hydrates to nothing, one too few would hide a post from its own author.
        await cache.AddToSelfAsync(author, id, ct);
        await CommitAsync(row, transaction, ct);
        Wake();

        await cache.FillAsync([post], [new PostCounts(id)], CancellationToken.None);
        LogPublished(id, author);
        return (post, verdict);
    }

    /// <summary>Deletes a post that stands. Somebody else may have deleted it meanwhile, which is as good.</summary>
    public async Task DeleteAsync(Post row, CancellationToken ct)
    {
        var id = new PostId(row.Id);
        Enqueue(new PostDeleted(id, new UserId(row.AuthorId)));
        var step = AddStep(row);

        await cache.BuryEarlyAsync(id, ct);
        try
        {
            row.DeletedAt = clock.GetUtcNow();
            while (!await TrySaveAsync(row, ct))
            {
                // An edit came between, or another delete.
                if (await db.Entry(row).GetDatabaseValuesAsync(ct) is not { } now || now.GetValue<DateTimeOffset?>(nameof(Post.DeletedAt)) is not null) return;

                db.Entry(row).OriginalValues.SetValues(now);
                (row.Content, row.Mentions, row.Limited, row.Revision, row.EditedAt) = (
                    now.GetValue<string>(nameof(Post.Content)), now.GetValue<long[]?>(nameof(Post.Mentions)), now.GetValue<bool>(nameof(Post.Limited)),
                    now.GetValue<int>(nameof(Post.Revision)), now.GetValue<DateTimeOffset?>(nameof(Post.EditedAt)));
                // It may have been limited meanwhile, or freed.
                if (step is not null) db.CountSteps.Remove(step);
                step = AddStep(row);
            }
        }
        catch
        {
            // If the commit came through after all, the event stands and TombstoneKeeper buries the post for good.
            await cache.UnburyAsync(id, CancellationToken.None);
            throw;
        }

        Wake();
        await cache.BuryAsync([id], CancellationToken.None);
        LogDeleted(id);
    }

    public static bool IsReposted(DbUpdateException exception) => exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "posts_one_repost" };

    private static Post RowOf(PostId id, UserId author, PostDraft draft) => new()
    {
        Id = id.Value,
        AuthorId = author.Value,
        Content = draft.Content,
        Visibility = draft.Visibility,
        InReplyTo = draft.Parent?.Post.Id.Value,
        InReplyToAuthor = draft.Parent?.Post.AuthorId.Value,
        RepostOf = draft.Original?.Post.Id.Value,
        RepostOfAuthor = draft.Original?.Post.AuthorId.Value,
        QuoteOf = draft.Quoted?.Post.Id.Value,
        QuoteOfAuthor = draft.Quoted?.Post.AuthorId.Value,
        Mentions = draft.Mentions.Count == 0 ? null : [.. draft.Mentions.Select(user => user.Value)],
        Media = draft.Uploads.Count == 0 ? null : JsonSerializer.Serialize(draft.Uploads.Select(upload => upload.ToAttached()), JsonSerializerOptions.Web),
        Limited = draft.Limited,
        CreatedAt = Snowflake.TimeOf(id.Value),
    };

    // Of several changes of one post at once, one wins.
    private async Task<bool> TrySaveAsync(Post row, CancellationToken ct)
    {
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await CommitAsync(row, transaction, ct);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    // A repost is a mark of the author's, so his version changes with it.
    private async Task CommitAsync(Post row, IDbContextTransaction? transaction, CancellationToken ct)
    {
        var author = new UserId(row.AuthorId);
        await db.SaveChangesAsync(ct);
        // Whatever tags it has by now, and after its row, as edits do: of an edit and a delete at once one waits for the other.
        if (row.DeletedAt is not null) await db.Tags.Where(tag => tag.PostId == row.Id).ExecuteDeleteAsync(ct);
        var version = row.RepostOf is null ? (long?)null : await marks.RaiseAsync(author, ct);
        if (transaction is not null) await transaction.CommitAsync(ct);
        if (version is { } raised) await marks.PublishAsync(author, raised, CancellationToken.None);
    }

    private PostCountStep? AddStep(Post deleted)
    {
        var step = PostCountStep.Of(deleted, -1);
        if (step is not null) db.CountSteps.Add(step);
        return step;
    }

    private void Wake()
    {
        signal.Wake();
        counts.Wake();
    }

    private void Enqueue<TEvent>(TEvent data)
        where TEvent : IEvent => db.Outbox.Add(OutboxMessage.For(data, ids.Next(), clock.GetUtcNow()));

    [LoggerMessage(4101, LogLevel.Debug, "Post {PostId} of {AuthorId} is published")]
    private partial void LogPublished(PostId postId, UserId authorId);

    [LoggerMessage(4102, LogLevel.Debug, "Post {PostId} is deleted")]
    private partial void LogDeleted(PostId postId);
}
