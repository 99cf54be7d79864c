using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Authentication;

namespace Pulse.UserService.Administration;

/// <summary>What administrators decided about users in another service, which has checked their role.</summary>
internal static class StandingOrdersApi
{
    public static void MapStandingOrdersApi(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapInternalGroup().MapGroup("/admin/users/{id}");
        users.MapPost("/suspend", Suspend);
        users.MapPost("/limit", Limit);
        users.MapPost("/restore", Restore);
    }

    internal static Task<Ok<StandingOrderAnswer>> Suspend(UserId id, StandingOrder order, Standings standings, CancellationToken ct) =>
        ObeyAsync(id, AuthorStanding.Suspended, order, standings, ct);

    internal static Task<Ok<StandingOrderAnswer>> Limit(UserId id, StandingOrder order, Standings standings, CancellationToken ct) =>
        ObeyAsync(id, AuthorStanding.Limited, order, standings, ct);

    internal static Task<Ok<StandingOrderAnswer>> Restore(UserId id, StandingOrder order, Standings standings, CancellationToken ct) =>
        ObeyAsync(id, AuthorStanding.Active, order, standings, ct);

    private static async Task<Ok<StandingOrderAnswer>> ObeyAsync(UserId id, AuthorStanding standing, StandingOrder order, Standings standings, CancellationToken ct) =>
        TypedResults.Ok(new StandingOrderAnswer(await standings.ChangeAsync(order, id, standing, ct) switch
        {
            AdminOutcome.UnknownUser => StandingOrderOutcome.UnknownUser,
            AdminOutcome.Protected => StandingOrderOutcome.Protected,
            _ => StandingOrderOutcome.Done,
        }));
}
