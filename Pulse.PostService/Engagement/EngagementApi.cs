using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Publishing;
using Pulse.PostService.Showing;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Engagement;

/// <summary>What readers do to a post. Whoever names a repost means the post that it shows, and is answered that.</summary>
internal static class EngagementApi
{
    public static IEndpointRouteBuilder MapEngagementApi(this IEndpointRouteBuilder routes)
    {
        var engagement = routes.MapGroup("/v1").WithTags("Engagement").ProducesProblem(StatusCodes.Status401Unauthorized).ProducesValidationProblem();
        var post = engagement.MapGroup("/posts/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        post.MapPut("/like", PutLike).WithName("Like").WithSummary("Likes a post; again is fine");
        post.MapDelete("/like", DeleteLike).WithName("Unlike").WithSummary("Takes a like back; again is fine. Of a post that the caller may not see any more too, which is 404 all the same");
        post.MapPut("/repost", PutRepost).WithName("Repost").WithSummary("Shows a post to the caller's followers; again is fine. 403 for a post that is not for everybody")
            .ProducesProblem(StatusCodes.Status403Forbidden);
        post.MapDelete("/repost", DeleteRepost).WithName("Unrepost").WithSummary("Takes a repost back; again is fine. Of a post that the caller may not see any more too, which is 404 all the same");
        post.MapPut("/bookmark", PutBookmark).WithName("Bookmark").WithSummary("Keeps a post for later; again is fine, and nobody else hears of it");
        post.MapDelete("/bookmark", DeleteBookmark).WithName("Unbookmark").WithSummary("Keeps a post no more; again is fine. Of a post that the caller may not see any more too, which is 404 all the same");
        post.MapGet("/likes", ListLikers).WithName("ListLikers").WithSummary("Who likes a post, the newest likes first");
        engagement.MapGet("/bookmarks", ListBookmarks).WithName("ListBookmarks").WithSummary("What the caller has bookmarked, the newest bookmarks first");
        return routes;
    }

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> PutLike(
        PostId id, ClaimsPrincipal caller, References references, EngagementWriter writer, PostShower shower, CancellationToken ct)
    {
        if (await references.ContentAsync(caller.Id(), id, ct) is not { } content) return NoSuchPost();

        await writer.LikeAsync(caller.Id(), content.Post, ct);
        return await ShowAsync(caller.Id(), content, shower, ct);
    }

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> DeleteLike(
        PostId id, ClaimsPrincipal caller, PostDbContext db, References references, EngagementWriter writer, PostShower shower, CancellationToken ct)
    {
        if (await db.EngagedAsync(id, ct) is not { } post) return NoSuchPost();

        await writer.UnlikeAsync(caller.Id(), post, ct);
        return await ShowAsync(caller.Id(), post, references, shower, ct);
    }

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> PutRepost(
        PostId id, ClaimsPrincipal caller, References references, PostPublishing publishing, PostShower shower, CancellationToken ct)
    {
        if (await references.ContentAsync(caller.Id(), id, ct) is not { } content) return NoSuchPost();

        if (await publishing.RepostAsync(caller.Id(), content.Post.Id, ct) is null)
        {
            if (!PostVisibilityRules.MayShare(caller.Id(), content.Post, content.Author))
            {
                return TypedResults.Problem("This post is not for everybody, so it cannot be shared.", statusCode: StatusCodes.Status403Forbidden);
            }

            var (_, _, problem) = await publishing.PublishAsync(caller.Id(), new CreatePostRequest(RepostOf: content.Post.Id), key: null, ct);
            // It may have gone, or become private, in this moment.
            if (problem is not null) return await references.ContentAsync(caller.Id(), id, ct) is null ? NoSuchPost() : problem;
        }

        return await ShowAsync(caller.Id(), content, shower, ct);
    }

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> DeleteRepost(
        PostId id, ClaimsPrincipal caller, PostDbContext db, References references, PostWriter writer, PostShower shower, CancellationToken ct)
    {
        if (await db.EngagedAsync(id, ct) is not { } post) return NoSuchPost();

        var (author, original) = (caller.Id().Value, post.Id.Value);
        if (await db.Posts.FirstOrDefaultAsync(row => row.AuthorId == author && row.RepostOf == original && row.DeletedAt == null, ct) is { } repost) await writer.DeleteAsync(repost, ct);
        return await ShowAsync(caller.Id(), post, references, shower, ct);
    }

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> PutBookmark(
        PostId id, ClaimsPrincipal caller, References references, EngagementWriter writer, PostShower shower, CancellationToken ct)
    {
        if (await references.ContentAsync(caller.Id(), id, ct) is not { } content) return NoSuchPost();

        await writer.BookmarkAsync(caller.Id(), content.Post.Id, ct);
        return await ShowAsync(caller.Id(), content, shower, ct);
    }

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> DeleteBookmark(
        PostId id, ClaimsPrincipal caller, PostDbContext db, References references, EngagementWriter writer, PostShower shower, CancellationToken ct)
    {
        if (await db.EngagedAsync(id, ct) is not { } post) return NoSuchPost();

        await writer.UnbookmarkAsync(caller.Id(), post.Id, ct);
        return await ShowAsync(caller.Id(), post, references, shower, ct);
    }

    internal static async Task<Results<Ok<LikersPage>, ProblemHttpResult>> ListLikers(
        PostId id, string? cursor, string? limit, ClaimsPrincipal caller, References references, LikerPages pages, CancellationToken ct)
    {
        if (!ListRequest.TryRead(cursor, limit, long.MaxValue, out var list, out var problem)) return problem;

        return await references.ContentAsync(caller.Id(), id, ct) is { } content
            ? TypedResults.Ok(await pages.ReadAsync(caller.Id(), content.Post.Id, list.Position, list.Limit, ct))
            : NoSuchPost();
    }

    internal static async Task<Results<Ok<PostsPage>, ProblemHttpResult>> ListBookmarks(
        string? cursor, string? limit, ClaimsPrincipal caller, BookmarkPages pages, CancellationToken ct) =>
        ListRequest.TryRead(cursor, limit, long.MaxValue, out var list, out var problem)
            ? TypedResults.Ok(await pages.ReadAsync(caller.Id(), list.Position, list.Limit, ct))
            : problem;

    // What was seen before the change is shown after it: it is done, whoever is away by now.
    private static async Task<Ok<PostResponse>> ShowAsync(UserId viewer, ShownPost content, PostShower shower, CancellationToken ct) =>
        TypedResults.Ok(PostResponse.From((await shower.CompleteAsync(viewer, [content], ct))[0]));

    private static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> ShowAsync(UserId viewer, EngagedPost post, References references, PostShower shower, CancellationToken ct) =>
        await references.ContentAsync(viewer, post.Id, ct) is { } content ? await ShowAsync(viewer, content, shower, ct) : NoSuchPost();

    private static ProblemHttpResult NoSuchPost() => Problem.NotFound("There is no such post, or the caller may not see it.");
}
