using Microsoft.EntityFrameworkCore;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.Messaging.Outbox;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;
using Pulse.PostService.Texts;

namespace Pulse.PostService.Posts;

/// <summary>Changes what a post says, or who may see it, and keeps what it said before.</summary>
internal sealed class PostEditor(PostDbContext db, SnowflakeGenerator ids, Snapshots snapshots, PostCache cache, OutboxSignal signal, TimeProvider clock)
{
    /// <summary>Gives a post a new text.</summary>
    /// <param name="post">Which one.</param>
    /// <param name="text">What it says now, read of its text.</param>
    /// <param name="ct">Ends it before the commit.</param>
    /// <returns>The post as it is now; null when it is gone.</returns>
    public Task<PostSnapshot?> EditAsync(PostId post, PostText text, CancellationToken ct) => ChangeAsync(
        post,
        async row =>
        {
            if (row.Content == text.Content) return false;

            db.Edits.Add(new PostEdit { PostId = row.Id, Revision = row.Revision, Content = row.Content, WrittenAt = row.EditedAt ?? row.CreatedAt });
            // The time in an id may be ahead of the clock: a reply is later than its parent, whatever clock that came from.
            (row.Content, row.EditedAt) = (text.Content, clock.GetUtcNow() is var now && now > row.CreatedAt ? now : row.CreatedAt);
            row.Limited |= text.Limited;
            await MentionAsync(row, text, ct);
            await RetagAsync(row, text.Tags, ct);
            return true;
        },
        ct);

    /// <summary>Says whom a post mentions, found out after it was taken.</summary>
    /// <param name="post">Which one.</param>
    /// <param name="content">The text that the names are of; if it is another by now, they are not.</param>
    /// <param name="mentions">Who is mentioned, the author never, nobody twice.</param>
    /// <param name="ct">Ends it before the commit.</param>
    /// <returns>The post as it is now; null when it is gone.</returns>
    public Task<PostSnapshot?> MentionAsync(PostId post, string content, IReadOnlyList<UserId> mentions, CancellationToken ct) => ChangeAsync(
        post,
        async row =>
        {
            // Somebody else may have found it out meanwhile.
            if (row.Content != content || await db.UnresolvedMentions.FirstOrDefaultAsync(known => known.PostId == row.Id, ct) is not { } unresolved) return false;

            db.UnresolvedMentions.Remove(unresolved);
            Mention(row, mentions);
            return true;
        },
        ct);

    /// <summary>Lets nobody but its author see a post, or everybody again whom it is for.</summary>
    /// <param name="post">Which one.</param>
    /// <param name="limited">What it is to be.</param>
    /// <param name="ct">Ends it before the commit.</param>
    /// <returns>The post as it is now; null when it is gone.</returns>
    public Task<PostSnapshot?> LimitAsync(PostId post, bool limited, CancellationToken ct) => ChangeAsync(
        post,
        async row =>
        {
            if (row.Limited == limited) return false;

            row.Limited = limited;
            await RetagAsync(row, TextGrammar.Read(row.Content).Tags, ct);
            return true;
        },
        ct);

    // Of several at once each waits for the one before; a delete between them finds another revision than it read, and reads again.
    private async Task<PostSnapshot?> ChangeAsync(PostId post, Func<Post, Task<bool>> change, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if ((await db.Posts.FromSql($"SELECT * FROM posts WHERE id = {post.Value} AND deleted_at IS NULL FOR UPDATE").ToListAsync(ct)).SingleOrDefault() is not { } row) return null;
        var counted = PostCountStep.Of(row, -1);
        if (!await change(row)) return snapshots.Of(row);

        MoveStep(counted, PostCountStep.Of(row, 1));
        row.Revision++;
        db.Outbox.Add(OutboxMessage.For(new PostEdited(post, new UserId(row.AuthorId), row.Revision), ids.Next(), clock.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        signal.Wake();

        var snapshot = snapshots.Of(row);
        await cache.ReplaceAsync([snapshot], CancellationToken.None);
        return snapshot;
    }

    // Whom the text of before mentioned stays mentioned until it is known whom the new one does.
    private async Task MentionAsync(Post row, PostText text, CancellationToken ct)
    {
        var unresolved = await db.UnresolvedMentions.FirstOrDefaultAsync(known => known.PostId == row.Id, ct);
        if (!text.Unresolved) Mention(row, text.Mentions);
        if (text.Unresolved && unresolved is null) db.UnresolvedMentions.Add(new UnresolvedMention { PostId = row.Id });
        else if (!text.Unresolved && unresolved is not null) db.UnresolvedMentions.Remove(unresolved);
    }

    private void Mention(Post row, IReadOnlyList<UserId> mentions)
    {
        var told = row.Mentions ?? [];
        UserId[] added = [.. mentions.Where(user => !told.Contains(user.Value) && user.Value != row.InReplyToAuthor && user.Value != row.QuoteOfAuthor)];
        row.Mentions = mentions.Count == 0 ? null : [.. mentions.Select(user => user.Value)];
        if (added.Length == 0 || row.Limited) return;

        var now = clock.GetUtcNow();
        db.Outbox.Add(OutboxMessage.For(new PostMentioned(new PostId(row.Id), new UserId(row.AuthorId), added, now), ids.Next(), now));
    }

    // A post that is limited counts no more, and one that is freed counts again.
    private void MoveStep(PostCountStep? before, PostCountStep? after)
    {
        if (before is null == after is null) return;

        db.CountSteps.Add(before ?? after!);
    }

    private async Task RetagAsync(Post row, IReadOnlyList<string> tags, CancellationToken ct)
    {
        var stand = await db.Tags.Where(tag => tag.PostId == row.Id).ToListAsync(ct);
        var wanted = row is { Limited: false, Visibility: PostVisibility.Public } ? tags : [];
        db.Tags.RemoveRange(stand.Where(tag => !wanted.Contains(tag.Tag)));
        db.Tags.AddRange(wanted.Except(stand.Select(tag => tag.Tag)).Select(tag => new PostTag { Tag = tag, PostId = row.Id }));
    }
}

/// <summary>A text with what was read of it.</summary>
/// <param name="Content">The text itself.</param>
/// <param name="Mentions">Who is mentioned, the author never, nobody twice.</param>
/// <param name="Tags">Folded, none twice.</param>
/// <param name="Limited">Whether nobody but the author is to see it.</param>
/// <param name="Unresolved">Nobody could tell whose the names in it are; it is found out later.</param>
internal sealed record PostText(string Content, IReadOnlyList<UserId> Mentions, IReadOnlyList<string> Tags, bool Limited, bool Unresolved = false);
