using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;
using Pulse.UserService.Profiles;

namespace Pulse.UserService.Graph;

/// <summary>What other services ask about users.</summary>
internal static class GraphApi
{
    public static void MapGraphApi(this IEndpointRouteBuilder routes)
    {
        var graph = routes.MapInternalGroup();
        graph.MapGet("/graphs", ListGraphs);
        var users = graph.MapGroup("/users");
        users.MapGet("/{id}/graph", GetGraph);
        users.MapPost("/batch", GetCards);
        users.MapPost("/by-usernames", GetCardsByUsername);
    }

    internal static async Task<Results<Ok<GraphSnapshot>, StatusCodeHttpResult, ProblemHttpResult>> GetGraph(
        UserId id, HttpContext context, UserDbContext db, GraphSnapshots snapshots, GraphVersions versions, CancellationToken ct)
    {
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        if (known.Count > 0)
        {
            var current = await db.Users.Where(user => user.Id == id).Select(user => (long?)user.GraphVersion).SingleOrDefaultAsync(ct);
            if (current is { } version && known.Any(tag => tag.Compare(ETagOf(version), useStrongComparison: false)))
            {
                // The caller asked because the published version is missing or old.
                await versions.PublishAsync(id, version, ct);
                context.Response.GetTypedHeaders().ETag = ETagOf(version);
                return TypedResults.StatusCode(StatusCodes.Status304NotModified);
            }
        }

        if (await snapshots.FindAsync(id, ct) is not { } snapshot) return ProfilesApi.UnknownUser();

        await versions.PublishAsync(id, snapshot.Version, ct);
        context.Response.GetTypedHeaders().ETag = ETagOf(snapshot.Version);
        return TypedResults.Ok(snapshot);
    }

    internal static async Task<Results<Ok<CardBatchResponse>, ProblemHttpResult>> GetCards(CardBatchRequest request, AuthorCards cards, CancellationToken ct)
    {
        if (request.Ids is null) return Problem.Invalid("ids", "Ids are needed.");
        if (request.Ids.Count > Batch.MaxIds) return Problem.Invalid("ids", $"At most {Batch.MaxIds} ids are answered at once.");
        return TypedResults.Ok(new CardBatchResponse(await cards.FillAsync([.. request.Ids.Distinct()], ct)));
    }

    /// <summary>The cards of those who bear these names, and whom somebody may mention.</summary>
    internal static async Task<Results<Ok<CardBatchResponse>, ProblemHttpResult>> GetCardsByUsername(
        UsernameBatchRequest request, UserDbContext db, AuthorCards cards, CancellationToken ct)
    {
        if (request.Usernames is null) return Problem.Invalid("usernames", "Usernames are needed.");
        if (request.Usernames.Count > Batch.MaxIds) return Problem.Invalid("usernames", $"At most {Batch.MaxIds} usernames are answered at once.");

        // What no name can be may be no text of Postgres either.
        string[] names = [.. request.Usernames.Where(AccountRules.IsUsername).Select(name => name.ToLowerInvariant()).Distinct()];
        var asker = request.For ?? default;
        var ids = await db.Users
            .Where(user => names.Contains(user.Username.ToLower()) && user.Standing != AuthorStanding.Suspended)
            .Where(user => !db.Blocks.Any(block => (block.BlockerId == asker && block.BlockedId == user.Id) || (block.BlockerId == user.Id && block.BlockedId == asker)))
            .Select(user => user.Id)
            .ToListAsync(ct);
        return TypedResults.Ok(new CardBatchResponse(await cards.FillAsync(ids, ct)));
    }

    internal static async Task<Results<Ok<GraphPage>, ProblemHttpResult>> ListGraphs(UserId? after, int? limit, GraphPages pages, CancellationToken ct)
    {
        if (limit is < 1 or > GraphPage.MaxUsers) return Problem.Invalid("limit", $"The limit is a number from 1 to {GraphPage.MaxUsers}.");
        return TypedResults.Ok(await pages.ReadAsync(after ?? default, limit ?? GraphPage.MaxUsers, ct));
    }

    private static EntityTagHeaderValue ETagOf(long version) => new(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));
}
