using Pulse.ServiceDefaults.Problems;

namespace Pulse.Gateway.Protection;

/// <summary>
/// 400 for a body with two lengths, chunked and with a <c>Content-Length</c>: two servers may read it differently, and one of them takes its
/// rest for another call. Kestrel believes the chunks and leaves the length in <c>X-Content-Length</c>; nothing that follows on the
/// connection is read.
/// </summary>
internal static class AmbiguousBodies
{
    private const string OverruledLength = "X-Content-Length";

    public static void UseAmbiguousBodies(this WebApplication app) =>
        app.Use((context, next) =>
        {
            var headers = context.Request.Headers;
            if (headers.TransferEncoding.Count == 0 || !headers.ContainsKey(OverruledLength)) return next(context);

            context.Response.Headers.Connection = "close";
            return Problem.Invalid("Content-Length", "A chunked body has no Content-Length.").ExecuteAsync(context);
        });
}
