using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Paging;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.TimelineService.HomeTimeline;

internal static class FeedApi
{
    public static IEndpointRouteBuilder MapFeedApi(this IEndpointRouteBuilder routes)
    {
        var feed = routes.MapGroup("/v1/feed").RequireAuthorization().WithTags("Home timeline");
        feed.MapGet("", GetFeed).WithName("GetFeed").WithSummary("A page of the caller's home timeline, newest first.")
            .ProducesValidationProblem();
        return routes;
    }

    internal static async Task<Results<Ok<FeedResponse>, ProblemHttpResult>> GetFeed(
        string? cursor,
        string? limit,
        string? rank,
        ClaimsPrincipal caller,
        HomeTimelineReader reader,
        CancellationToken ct)
    {
        Dictionary<string, string[]> errors = [];
        FeedCursor? after = null;
        if (cursor is not null)
        {
            if (FeedCursor.TryDecode(cursor, out var decoded)) after = decoded;
            else errors["cursor"] = ["The cursor is not one that this call gave out."];
        }

        if (!PageLimit.TryRead(limit, PageLimit.FeedDefault, out var size)) errors["limit"] = [PageLimit.Expected];

        if (rank is not (null or "latest" or "top")) errors["rank"] = ["The rank is latest or top."];
        if (errors.Count > 0) return Problem.Invalid(errors);

        var page = await reader.ReadAsync(caller.Id(), after, size, ct);
        return TypedResults.Ok(rank == "top" ? page with { Ranking = "latest-fallback" } : page);
    }
}
