using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.PostService.Data;
using Pulse.PostService.Engagement;
using Pulse.PostService.Moderation;
using Pulse.PostService.Posts;
using Pulse.PostService.Publishing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Erasing;

/// <summary>What the deletion of an account asks of this service.</summary>
internal static class ErasureApi
{
    // Each is a transaction of its own, as if its author had deleted it: a call stays short, and one that breaks off has lost nothing.
    private const int Batch = 50;

    public static void MapErasureApi(this IEndpointRouteBuilder routes) =>
        routes.MapInternalGroup().MapPost("/authors/{id}/erase", EraseAuthor).WithName("EraseAuthor");

    /// <summary>
    /// Deletes posts like their author would, then takes back what he has done to those of others, then what was in his. May be called again at any time, also for
    /// an author who has posted since.
    /// </summary>
    /// <exception cref="DependencyUnavailableException">Redis is away, and may still have the author's keys.</exception>
    internal static async Task<Ok<AuthorErasure>> EraseAuthor(
        UserId id, PostDbContext db, PostWriter writer, EngagementEraser engagement, PostCache cache, Decisions decisions, TimeProvider clock, CancellationToken ct)
    {
        var posts = await db.Posts.Where(post => post.AuthorId == id.Value && post.DeletedAt == null).OrderBy(post => post.Id).Select(post => post.Id).Take(Batch).ToListAsync(ct);
        foreach (var post in posts)
        {
            // Each is read for itself: clearing the tracker would take the rows after this one out of its sight, and their change would never be saved.
            db.ChangeTracker.Clear();
            if (await db.Posts.FirstOrDefaultAsync(known => known.Id == post && known.DeletedAt == null, ct) is { } row) await writer.DeleteAsync(row, ct);
        }

        if (posts.Count == Batch || !await engagement.EraseAsync(id, ct)) return TypedResults.Ok(new AuthorErasure(Done: false));

        await ForgetAsync(id, db, clock.GetUtcNow(), ct);
        await decisions.CloseAsync(id, ct);
        await engagement.ForgetVersionAsync(id, ct);
        // A Redis that is only frozen comes back with what it had: the caller asks again, later and not at once.
        return await cache.ForgetAuthorAsync(id, ct) ? TypedResults.Ok(new AuthorErasure(Done: true)) : throw new DependencyUnavailableException("redis");
    }

    // The rows of posts stay as tombstones, which win over a late fan-out; they say nothing of what they were.
    private static async Task ForgetAsync(UserId id, PostDbContext db, DateTimeOffset now, CancellationToken ct)
    {
        await db.Edits.Where(edit => db.Posts.Any(post => post.Id == edit.PostId && post.AuthorId == id.Value && post.DeletedAt != null)).ExecuteDeleteAsync(ct);
        await db.IdempotencyKeys.Where(key => key.UserId == id.Value).ExecuteDeleteAsync(ct);
        await db.Posts.Where(post => post.AuthorId == id.Value && post.DeletedAt != null && (post.Content != "" || post.Media != null))
            .ExecuteUpdateAsync(set => set.SetProperty(post => post.Content, "").SetProperty(post => post.Media, (string?)null), ct);
        // What he reported still counts; that he did, and what he wrote, is his.
        await db.Reports.Where(report => report.ReporterId == id.Value)
            .ExecuteUpdateAsync(set => set.SetProperty(report => report.ReporterId, (long?)null).SetProperty(report => report.Note, (string?)null), ct);
        // Pictures that wait for a post as well; their rows go when their objects are gone.
        await db.Media.Where(upload => upload.OwnerId == id.Value && (!upload.Condemned || upload.AltText != null))
            .ExecuteUpdateAsync(set => set.SetProperty(upload => upload.Condemned, true).SetProperty(upload => upload.DueAt, now).SetProperty(upload => upload.AltText, (string?)null), ct);
    }
}
