using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Paging;
using Pulse.PostService.Data;
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
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized);
        posts.MapGet("/{id}", GetPost).WithName("GetPost").WithSummary("Shows a post to whoever may see it")
            .AllowAnonymous().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        posts.MapDelete("/{id}", DeletePost).WithName("DeletePost").WithSummary("Deletes a post of the caller; again is fine")
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/v1/users/{id}/posts", ListByAuthor).WithName("ListPostsByAuthor").WithTags("Posts").WithSummary("An author's posts, newest first")
            .AllowAnonymous().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    internal static async Task<Results<Created<PostResponse>, ProblemHttpResult>> CreatePost(
        CreatePostRequest request,
        HttpRequest http,
        ClaimsPrincipal caller, PostDbContext db, PostWriter writer, ViewerGraphs graphs, AuthorCards cards, CancellationToken ct)
    {
        // Taking the key and posting twice all the same would be worse than refusing it.
        if (http.Headers.ContainsKey(IdempotencyKey)) return Problem.Invalid(IdempotencyKey, $"{IdempotencyKey} is not available yet.");
        if (!request.TryRead(out var draft, out var problem)) return problem;

        if (draft.InReplyTo is { } parentId)
        {
            var parent = await FindAsync(db, parentId, ct);
            if (parent is not { DeletedAt: null } || !await graphs.CanSeeAsync(caller.Id(), parent.ToSnapshot(), ct))
            {
                return Problem.Invalid("in_reply_to", "There is no such post.");
            }

            draft = draft with { InReplyToAuthor = new UserId(parent.AuthorId) };
        }

        var post = await writer.PublishAsync(caller.Id(), draft, ct);
        return TypedResults.Created($"/v1/posts/{post.Id}", PostResponse.From(post, await cards.OwnAsync(caller, ct)));
    }

    internal static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> GetPost(
        PostId id, ClaimsPrincipal caller, PostDbContext db, ViewerGraphs graphs, CancellationToken ct)
    {
        if (await FindAsync(db, id, ct) is not { DeletedAt: null } row) return NoSuchPost();

        var post = row.ToSnapshot();
        return await graphs.ShownByAsync(caller.TryGetId(), post, ct) is { } author ? TypedResults.Ok(PostResponse.From(post, author)) : NoSuchPost();
    }

    /// <summary>Idempotent for the author: a client that missed the first 204 gets another one.</summary>
    internal static async Task<Results<NoContent, ProblemHttpResult>> DeletePost(
        PostId id, ClaimsPrincipal caller, PostDbContext db, PostWriter writer, ViewerGraphs graphs, CancellationToken ct)
    {
        if (await db.Posts.FirstOrDefaultAsync(post => post.Id == id.Value, ct) is not { } row) return NoSuchPost();

        if (row.AuthorId != caller.Id().Value)
        {
            return row.DeletedAt is null && await graphs.CanSeeAsync(caller.Id(), row.ToSnapshot(), ct)
                ? TypedResults.Problem("Only its author may delete a post.", statusCode: StatusCodes.Status403Forbidden)
                : NoSuchPost();
        }

        if (row.DeletedAt is null) await writer.DeleteAsync(row, ct);
        return TypedResults.NoContent();
    }

    internal static async Task<Results<Ok<PostsPage>, ProblemHttpResult>> ListByAuthor(
        UserId id, string? cursor, string? limit, ClaimsPrincipal caller, AuthorPages pages, AuthorCards cards, CancellationToken ct)
    {
        var before = new PostId(long.MaxValue);
        if (cursor is not null)
        {
            if (!KeysetCursor.TryDecode(cursor, out var position)) return Problem.Invalid("cursor", "The cursor is not one that this list gave out.");
            before = new PostId(position.Last);
        }

        var size = PageLimit.Default;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < PageLimit.Min or > PageLimit.Max))
        {
            return Problem.Invalid("limit", $"The limit is a number from {PageLimit.Min} to {PageLimit.Max}.");
        }

        if (await cards.FindAsync(id, ct) is not { } author || !ProfileVisibilityRules.CanSee(new ViewerStand(caller.TryGetId() == id, Follows: false), author.Standing))
        {
            return Problem.NotFound("There is no such user.");
        }

        var (posts, next) = await pages.ReadAsync(caller.TryGetId(), author, before, size, ct);
        return TypedResults.Ok(new PostsPage([.. posts.Select(post => PostResponse.From(post, author))], next?.Encode(), next is not null));
    }

    private static Task<Post?> FindAsync(PostDbContext db, PostId id, CancellationToken ct) =>
        db.Posts.AsNoTracking().FirstOrDefaultAsync(post => post.Id == id.Value, ct);

    private static ProblemHttpResult NoSuchPost() => Problem.NotFound("There is no such post, or the caller may not see it.");
}
