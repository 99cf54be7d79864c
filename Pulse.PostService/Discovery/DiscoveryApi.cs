using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.PostService.Showing;
using Pulse.PostService.Texts;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.PostService.Discovery;

/// <summary>Posts whose authors nobody asked for: under a tag, in a search, among what is popular.</summary>
internal static class DiscoveryApi
{
    public static IEndpointRouteBuilder MapDiscoveryApi(this IEndpointRouteBuilder routes)
    {
        var discovery = routes.MapGroup("/v1").WithTags("Discovery").ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized);
        discovery.MapGet("/tags/{tag}/posts", ListByTag).WithName("ListPostsByTag").WithSummary("Public posts with a tag, newest first");
        discovery.MapGet("/search/posts", Search).WithName("SearchPosts")
            .WithSummary("Public posts with all words, newest first; also \"a phrase\", -without, one OR other, #tag and from:username");
        discovery.MapGet("/explore", Explore).WithName("Explore").WithSummary("What is popular among the public posts of the last two days");
        return routes;
    }

    internal static async Task<Results<Ok<PostsPage>, ProblemHttpResult>> ListByTag(
        string tag, string? cursor, string? limit, ClaimsPrincipal caller, TagPages tags, CancellationToken ct)
    {
        if (!TextGrammar.TryReadTag(tag, out var folded)) return Problem.Invalid("tag", $"A tag is 1 to {TextGrammar.MaxTagLength} letters, digits and underscores, one of them a letter.");
        if (!ListRequest.TryRead(cursor, limit, long.MaxValue, out var list, out var problem)) return problem;

        return TypedResults.Ok(await tags.ReadAsync(caller.Id(), folded, list, ct));
    }

    internal static async Task<Results<Ok<PostsPage>, ProblemHttpResult>> Search(
        string? q, string? cursor, string? limit, ClaimsPrincipal caller, PostSearch search, CancellationToken ct)
    {
        if (!SearchQuery.TryRead(q, out var query)) return Problem.Invalid("q", $"What to look for has 1 to {SearchQuery.MaxLength} characters.");
        if (!ListRequest.TryRead(cursor, limit, long.MaxValue, out var list, out var problem)) return problem;

        return TypedResults.Ok(await search.ReadAsync(caller.Id(), query, list, ct));
    }

    internal static async Task<Results<Ok<PostsPage>, ProblemHttpResult>> Explore(string? cursor, string? limit, ClaimsPrincipal caller, ExplorePages explore, CancellationToken ct) =>
        ListRequest.TryRead(cursor, limit, ExplorePages.Start, out var list, out var problem) ? TypedResults.Ok(await explore.ReadAsync(caller.Id(), list, ct)) : problem;
}
