using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.PostService.Data;
using Pulse.PostService.Engagement;
using Pulse.PostService.Posts;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Hydration;

/// <summary>What the other services ask about posts. No visibility here: the caller has the rules and the viewer.</summary>
internal static class HydrationApi
{
    public static IEndpointRouteBuilder MapHydrationApi(this IEndpointRouteBuilder routes)
    {
        var hydration = routes.MapInternalGroup();
        hydration.MapPost("/posts/batch", ReadBatch).WithName("ReadPostBatch");
        hydration.MapPost("/viewers/{id}/marks", ReadMarks).WithName("ReadMarks");
        hydration.MapGet("/posts", ListPosts).WithName("ListOwnedPosts");
        hydration.MapGet("/authors/{id}/posts", ListIds).WithName("ListAuthorPostIds");
        hydration.MapGet("/authors/{id}/summary", Summarize).WithName("SummarizeAuthor");
        return routes;
    }

    internal static async Task<Results<Ok<PostBatchResponse>, ProblemHttpResult>> ReadBatch(
        PostBatchRequest request, PostDbContext db, Snapshots snapshots, EngagementReader engagement, PostCache cache, CancellationToken ct)
    {
        if (request.Ids is not { Count: <= Batch.MaxIds }) return Problem.Invalid("ids", $"A batch is a list of at most {Batch.MaxIds} ids.");

        long[] ids = [.. request.Ids.Select(id => id.Value).Distinct()];
        var rows = await db.Posts.AsNoTracking().Where(post => ids.Contains(post.Id) && post.DeletedAt == null).ToListAsync(ct);
        var posts = snapshots.Of(rows);
        // Nobody likes a repost: counts belong to what it shows.
        var counts = await engagement.CountsAsync([.. posts.Where(post => post.RepostOf is null).Select(post => post.Id)], ct);
        await cache.FillAsync(posts, counts.Values, ct);

        // Deleted or edited since the query: what the writer left keeps such a snapshot out, unless Redis lost that in this moment.
        var filled = rows.ToDictionary(row => row.Id, row => row.Revision);
        var now = await db.Posts.Where(post => filled.Keys.Contains(post.Id)).Select(post => new { post.Id, post.Revision, IsGone = post.DeletedAt != null }).ToListAsync(ct);
        HashSet<long> changed = [.. now.Where(post => post.IsGone || post.Revision > filled[post.Id]).Select(post => post.Id)];
        if (changed.Count == 0) return TypedResults.Ok(new PostBatchResponse(posts, [.. counts.Values]));

        await cache.BuryAsync([.. now.Where(post => post.IsGone).Select(post => new PostId(post.Id))], ct);
        var edited = snapshots.Of(await db.Posts.AsNoTracking().Where(post => changed.Contains(post.Id) && post.DeletedAt == null).ToListAsync(ct));
        await cache.ReplaceAsync(edited, ct);
        return TypedResults.Ok(new PostBatchResponse([.. posts.Where(post => !changed.Contains(post.Id.Value)), .. edited], [.. counts.Values]));
    }

    /// <summary>What a viewer has done to posts, with the version of that statement, which is published.</summary>
    internal static async Task<Results<Ok<MarksResponse>, ProblemHttpResult>> ReadMarks(
        UserId id, MarksRequest request, EngagementReader engagement, MarksVersions versions, CancellationToken ct)
    {
        if (request.Ids is not { Count: <= Batch.MaxIds }) return Problem.Invalid("ids", $"A batch is a list of at most {Batch.MaxIds} ids.");

        // Before the marks: what changes in between has a greater version, and is asked for again.
        var version = await versions.ReadAsync(id, ct);
        var marks = await engagement.MarksAsync(id, request.Ids, ct);
        await versions.PublishAsync(id, version, ct);
        return TypedResults.Ok(new MarksResponse(version, [.. marks.Values]));
    }

    internal static async Task<Results<Ok<AuthorPostIds>, ProblemHttpResult>> ListIds(
        UserId id, PostId? before, int? limit, PostDbContext db, CancellationToken ct)
    {
        var size = limit ?? Batch.MaxIds;
        if (size is < 1 or > Batch.MaxIds) return Problem.Invalid("limit", $"The limit is a number from 1 to {Batch.MaxIds}.");

        var below = before?.Value ?? long.MaxValue;
        var ids = await db.Posts
            .Where(post => post.AuthorId == id.Value && post.DeletedAt == null && post.Id < below)
            .OrderByDescending(post => post.Id)
            .Select(post => post.Id)
            .Take(size)
            .ToListAsync(ct);
        return TypedResults.Ok(new AuthorPostIds(ids.ConvertAll(PostId.From)));
    }

    internal static async Task<Results<Ok<OwnedPostPage>, ProblemHttpResult>> ListPosts(PostId? after, int? limit, PostDbContext db, CancellationToken ct)
    {
        var size = limit ?? OwnedPostPage.MaxPosts;
        if (size is < 1 or > OwnedPostPage.MaxPosts) return Problem.Invalid("limit", $"The limit is a number from 1 to {OwnedPostPage.MaxPosts}.");

        var above = after?.Value ?? 0;
        var rows = await db.Posts
            .Where(post => post.Id > above)
            .OrderBy(post => post.Id)
            .Select(post => new { post.Id, post.AuthorId, Deleted = post.DeletedAt != null })
            .Take(size)
            .ToListAsync(ct);
        return TypedResults.Ok(new OwnedPostPage(rows.ConvertAll(row => new OwnedPost(new PostId(row.Id), new UserId(row.AuthorId), row.Deleted))));
    }

    internal static async Task<Ok<AuthorSummary>> Summarize(UserId id, PostDbContext db, CancellationToken ct) =>
        TypedResults.Ok(new AuthorSummary(await db.Posts.LongCountAsync(
            // A repost of what is gone shows nothing.
            post => post.AuthorId == id.Value && post.DeletedAt == null && (post.RepostOf == null || db.Posts.Any(original => original.Id == post.RepostOf && original.DeletedAt == null)),
            ct)));
}
