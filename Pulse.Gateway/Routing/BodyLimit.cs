using Microsoft.AspNetCore.Http.Features;
using Pulse.ServiceDefaults.Http;

namespace Pulse.Gateway.Routing;

/// <summary>413 before a service is called; a body of unknown length is cut off by Kestrel at the same limit.</summary>
internal static class BodyLimit
{
    // Kestrel reads on for a moment after an answer, up to its own limit: a caller who is still sending then sees the
    // answer and not a reset connection.
    private const long DrainedBytes = 8 * 1024 * 1024;

    public static void UseBodyLimit(this WebApplication app) =>
        app.Use((context, next) =>
        {
            if (context.Request.ContentLength is not { } length || length <= HttpRegistration.MaxBodyBytes) return next(context);

            if (length <= DrainedBytes && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = DrainedBytes;
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Task.CompletedTask;
        });
}
