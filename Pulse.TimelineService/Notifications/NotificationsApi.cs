using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Contracts.Paging;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.Timelines.Notifications;

namespace Pulse.TimelineService.Notifications;

internal static class NotificationsApi
{
    public static IEndpointRouteBuilder MapNotificationsApi(this IEndpointRouteBuilder routes)
    {
        var notifications = routes.MapGroup("/v1/notifications").RequireAuthorization().WithTags("Notifications").ProducesValidationProblem();
        notifications.MapGet("", GetNotifications).WithName("GetNotifications").WithSummary("What others did to the caller, the newest first, and how much of it is unread");
        notifications.MapPost("/read", PostRead).WithName("ReadNotifications").WithSummary("Marks a notification and everything below it as read; again is fine, and nothing is unread again");
        return routes;
    }

    internal static async Task<Results<Ok<NotificationsPage>, ProblemHttpResult>> GetNotifications(
        string? cursor, string? limit, ClaimsPrincipal caller, NotificationReader reader, CancellationToken ct)
    {
        Dictionary<string, string[]> errors = [];
        NotificationCursor? after = null;
        if (cursor is not null)
        {
            if (NotificationCursor.TryDecode(cursor, out var decoded)) after = decoded;
            else errors["cursor"] = ["The cursor is not one that this call gave out."];
        }

        if (!PageLimit.TryRead(limit, PageLimit.Default, out var size)) errors["limit"] = [PageLimit.Expected];

        if (errors.Count > 0) return Problem.Invalid(errors);
        return TypedResults.Ok(await reader.ReadAsync(caller.Id(), after, size, ct));
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> PostRead(ReadNotifications request, ClaimsPrincipal caller, NotificationStore store, CancellationToken ct)
    {
        if (request.UpTo is not { } upTo) return Problem.Invalid("up_to", "The id of a notification is needed.");

        await store.ReadAsync(caller.Id(), upTo, ct);
        return TypedResults.NoContent();
    }
}

internal static class NotificationsRegistration
{
    public static WebApplicationBuilder AddNotifications(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NotificationShower>();
        builder.Services.AddSingleton<NotificationReader>();
        return builder;
    }
}
