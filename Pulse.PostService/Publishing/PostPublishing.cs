using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Media;
using Pulse.PostService.Safety;
using Pulse.PostService.Showing;
using Pulse.PostService.Texts;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Publishing;

/// <summary>What came of a request to publish: a post, which may be one of before, or why there is none.</summary>
internal sealed record Publication(PostSnapshot? Post, PostDraft? Draft, ProblemHttpResult? Problem)
{
    public static Publication New(PostSnapshot post, PostDraft draft) => new(post, draft, Problem: null);

    public static Publication Known(PostSnapshot post) => new(post, Draft: null, Problem: null);

    public static Publication Refused(ProblemHttpResult problem) => new(Post: null, Draft: null, problem);
}

/// <summary>The way of a post from the request to the commit, step by step.</summary>
internal sealed class PostPublishing(PostDbContext db, IdempotencyKeys keys, References references, Attachments attachments, ContentChecks checks, PostTexts texts, Snapshots snapshots, PostWriter writer)
{
    private const string KeyReused = "/problems/idempotency-key-reused";

    /// <param name="author">Who posts.</param>
    /// <param name="request">What.</param>
    /// <param name="key">The value of <c>Idempotency-Key</c>; null for none.</param>
    /// <param name="ct">Ends it before the commit.</param>
    /// <exception cref="DependencyUnavailableException">Something that has to be known about another post or user is not to be had.</exception>
    public async Task<Publication> PublishAsync(UserId author, CreatePostRequest request, string? key, CancellationToken ct)
    {
        if (!request.TryRead(out var asked, out var problem)) return Publication.Refused(problem);

        var keyed = key is null ? null : KeyedRequest.For(key, request);
        if (keyed is not null && await KnownAsync(author, keyed, ct) is { } known) return known;

        (var referring, problem) = await references.ResolveAsync(author, asked, ct);
        if (referring is null) return Publication.Refused(problem!);
        (var draft, problem) = await attachments.ResolveAsync(author, referring, ct);
        // A picture that a post has already may have it by the same request, sent twice at once.
        if (draft is null) return keyed is not null && await KnownAsync(author, keyed, ct) is { } meanwhile ? meanwhile : Publication.Refused(problem!);

        var (verdict, counted) = await checks.CheckAsync(author, draft.Content, draft.Uploads.Select(upload => upload.AltText).OfType<string>(), ct);
        if (verdict.Outcome == Outcome.Reject) return Publication.Refused(verdict.ToProblem());

        var text = await texts.ReadAsync(author, draft.Visibility, draft.Content, ct);
        draft = draft with { Mentions = text.Mentions, Tags = text.Tags, Unresolved = text.Unresolved, Limited = verdict.Outcome == Outcome.Limit, Counted = counted };

        if (keyed is not null) await keys.ForgetAsync(author, keyed.Key, ct);
        try
        {
            var (post, flood) = await writer.PublishAsync(author, draft, keyed, ct);
            return post is null ? Publication.Refused(flood.ToProblem()) : Publication.New(post, draft);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another post took a picture in this moment, or its text changed. What holds now decides.
            db.ChangeTracker.Clear();
            return await PublishAsync(author, request, key, ct);
        }
        catch (DbUpdateException exception) when (keyed is not null && IdempotencyKeys.IsTaken(exception))
        {
            return await TakenAsync(author, keyed, exception, ct);
        }
        catch (DbUpdateException exception) when (PostWriter.IsReposted(exception))
        {
            db.ChangeTracker.Clear();
            if (await RepostAsync(author, draft.Original!.Post.Id, ct) is not { } repost) return await PublishAsync(author, request, key, ct);

            return keyed is null ? Publication.Known(repost) : await RememberAsync(author, keyed, repost, ct);
        }
    }

    /// <summary>The author's repost of a post, if it stands.</summary>
    public async Task<PostSnapshot?> RepostAsync(UserId author, PostId original, CancellationToken ct) =>
        await db.Posts.AsNoTracking().FirstOrDefaultAsync(post => post.AuthorId == author.Value && post.RepostOf == original.Value && post.DeletedAt == null, ct) is { } row
            ? snapshots.Of(row)
            : null;

    // The key went with the transaction that met the repost, and the same request again must find what this one found.
    private async Task<Publication> RememberAsync(UserId author, KeyedRequest keyed, PostSnapshot repost, CancellationToken ct)
    {
        try
        {
            keys.Add(author, keyed, repost.Id);
            await db.SaveChangesAsync(ct);
            return Publication.Known(repost);
        }
        catch (DbUpdateException exception) when (IdempotencyKeys.IsTaken(exception))
        {
            return await TakenAsync(author, keyed, exception, ct);
        }
    }

    private async Task<Publication> TakenAsync(UserId author, KeyedRequest keyed, DbUpdateException exception, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        return await KnownAsync(author, keyed, ct) ?? throw new InvalidOperationException("A key that is taken cannot be free.", exception);
    }

    private async Task<Publication?> KnownAsync(UserId author, KeyedRequest keyed, CancellationToken ct)
    {
        if (await keys.FindAsync(author, keyed.Key, ct) is not { } row) return null;
        if (!row.RequestHash.AsSpan().SequenceEqual(keyed.RequestHash)) return Publication.Refused(Problem.Conflict(KeyReused, "This Idempotency-Key was used for another request."));

        return await db.Posts.AsNoTracking().FirstOrDefaultAsync(post => post.Id == row.PostId && post.DeletedAt == null, ct) is { } post
            ? Publication.Known(snapshots.Of(post))
            : Publication.Refused(Problem.NotFound("The post that this request published has been deleted."));
    }
}
