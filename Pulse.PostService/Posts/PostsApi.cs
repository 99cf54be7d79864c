using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Data;
using Pulse.PostService.Publishing;
using Pulse.PostService.Safety;
using Pulse.PostService.Showing;
using Pulse.PostService.Texts;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.Visibility;

namespace Pulse.PostService.Posts;

internal static class PostsApi
{
    private const string IdempotencyKey = "Idempotency-Key";

    public static IEndpointRouteBuilder MapPostsApi(this IEndpointRouteBuilder routes)
    {
        var posts = routes.MapGroup("/v1/posts").WithTags("Posts");
        posts.MapPost("", CreatePost).WithName("CreatePost").WithSummary("Publishes a post")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        posts.MapGet("/{id}", GetPost).WithName("GetPost").WithSummary("Shows a post to whoever may see it")
            .AllowAnonymous().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        posts.MapDelete("/{id}", DeletePost).WithName("DeletePost").WithSummary("Deletes a post of the caller; again is fine")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
        posts.MapPatch("/{id}", EditPost).WithName("EditPost").WithSummary("Changes the text of a post of the caller")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
        posts.MapGet("/{id}/edits", ListEdits).WithName("ListEdits").WithSummary("What a post said before it was edited, to whoever may see it")
            .AllowAnonymous().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/v1/users/{id}/posts", ListByAuthor).WithName("ListPostsByAuthor").WithTags("Posts").WithSummary("An author's posts, newest first")
            .AllowAnonymous().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    internal static async Task<Results<Created<PostResponse>, Ok<PostResponse>, ProblemHttpResult>> CreatePost(
        CreatePostRequest request,
        [FromHeader(Name = IdempotencyKey)] string? key,
        ClaimsPrincipal caller, PostPublishing publishing, WrittenPosts written, CancellationToken ct)
    {
        if (key is not null && !KeyedRequest.IsKey(key))
        {
            return Problem.Invalid(IdempotencyKey, $"{IdempotencyKey} is 1–{KeyedRequest.MaxKeyLength} printable characters of ASCII, without spaces.");
        }

        var (post, draft, problem) = await publishing.PublishAsync(caller.Id(), request, key, ct);
        if (post is null) return problem!;

        var answer = await written.ShowAsync(caller, post, draft, ct);
        return draft is null ? TypedResults.Ok(answer) : TypedResults.Created($"/v1/posts/{post.Id}", answer);
    }

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> GetPost(
        PostId id, ClaimsPrincipal caller, PostDbContext db, Snapshots snapshots, PostShower shower, CancellationToken ct) =>
        await FindAsync(db, id, ct) is { DeletedAt: null } row && await shower.ShowAsync(caller.TryGetId(), snapshots.Of(row), ct) is { } shown
            ? TypedResults.Ok(PostResponse.From(shown))
            : NoSuchPost();

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> EditPost(
        PostId id,
        EditPostRequest request,
        ClaimsPrincipal caller, PostDbContext db, Snapshots snapshots, ViewerGraphs graphs, ContentChecks checks, PostTexts texts, PostEditor editor, WrittenPosts written, CancellationToken ct)
    {
        if (await FindAsync(db, id, ct) is not { DeletedAt: null } row) return NoSuchPost();
        if (row.AuthorId != caller.Id().Value) return await NotTheAuthorAsync(caller.Id(), snapshots.Of(row), "edit", graphs, ct);
        if (row.RepostOf is not null) return Problem.Invalid("content", "A repost has no content of its own.");

        // What names no text must not take it away from a post that has pictures besides.
        if ((request.Content ?? request.Text) is not { } content) return Problem.Invalid("content", "The new text is missing; empty for none beside pictures.");
        if (PostContent.Error(content, mayBeEmpty: row.Media is not null) is { } error) return Problem.Invalid("content", error);
        if (content == row.Content) return TypedResults.Ok(await written.ShowAsync(caller, snapshots.Of(row), draft: null, ct));

        var verdict = await checks.CheckEditAsync(caller.Id(), content, ct);
        if (verdict.Outcome == Outcome.Reject) return verdict.ToProblem();

        var (mentions, tags, unresolved) = await texts.ReadAsync(caller.Id(), row.Visibility, content, ct);
        return await editor.EditAsync(id, new PostText(content, mentions, tags, verdict.Outcome == Outcome.Limit, unresolved), ct) is { } post
            ? TypedResults.Ok(await written.ShowAsync(caller, post, draft: null, ct))
            : NoSuchPost();
    }

    internal static async Task<Results<Ok<PostVersionsResponse>, ProblemHttpResult>> ListEdits(
        PostId id, ClaimsPrincipal caller, PostDbContext db, Snapshots snapshots, PostShower shower, PostVersions versions, CancellationToken ct) =>
        await FindAsync(db, id, ct) is { DeletedAt: null } row && (await shower.VisibleAsync(caller.TryGetId(), [snapshots.Of(row)], PostShower.Asked, ct)).SingleOrDefault() is { } shown
            ? TypedResults.Ok(await versions.ReadAsync(caller.TryGetId(), shown.Post, ct))
            : NoSuchPost();

    /// <summary>Idempotent for the author: a client that missed the first 204 gets another one.</summary>
    internal static async Task<Results<NoContent, ProblemHttpResult>> DeletePost(
        PostId id, ClaimsPrincipal caller, PostDbContext db, Snapshots snapshots, PostWriter writer, ViewerGraphs graphs, CancellationToken ct)
    {
        if (await db.Posts.FirstOrDefaultAsync(post => post.Id == id.Value, ct) is not { } row) return NoSuchPost();
        if (row.AuthorId != caller.Id().Value) return row.DeletedAt is null ? await NotTheAuthorAsync(caller.Id(), snapshots.Of(row), "delete", graphs, ct) : NoSuchPost();

        if (row.DeletedAt is null) await writer.DeleteAsync(row, ct);
        return TypedResults.NoContent();
    }

    internal static async Task<Results<Ok<PostsPage>, ProblemHttpResult>> ListByAuthor(
        UserId id, string? cursor, string? limit, ClaimsPrincipal caller, AuthorPages pages, AuthorCards cards, CancellationToken ct)
    {
        if (!ListRequest.TryRead(cursor, limit, long.MaxValue, out var list, out var problem)) return problem;
        if (await cards.FindAsync(id, ct) is not { } author || !ProfileVisibilityRules.CanSee(new ViewerStand(caller.TryGetId() == id, Follows: false), author.Standing))
        {
            return Problem.NotFound("There is no such user.");
        }

        return TypedResults.Ok(await pages.ReadAsync(caller.TryGetId(), id, list.Position, list.Limit, ct));
    }

    // Whoever may see a post may know that it is not his.
    private static async Task<ProblemHttpResult> NotTheAuthorAsync(UserId caller, PostSnapshot post, string what, ViewerGraphs graphs, CancellationToken ct) =>
        await graphs.CanSeeAsync(caller, post, ct)
            ? TypedResults.Problem($"Only its author may {what} a post.", statusCode: StatusCodes.Status403Forbidden)
            : NoSuchPost();

    private static Task<Post?> FindAsync(PostDbContext db, PostId id, CancellationToken ct) =>
        db.Posts.AsNoTracking().FirstOrDefaultAsync(post => post.Id == id.Value, ct);

    private static ProblemHttpResult NoSuchPost() => Problem.NotFound("There is no such post, or the caller may not see it.");
}
