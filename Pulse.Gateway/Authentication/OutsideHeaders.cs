using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.Net.Http.Headers;

namespace Pulse.Gateway.Authentication;

/// <summary>
/// The headers that cross the gateway; all others stay outside. A list of what is allowed and not of what is forbidden:
/// the service key, X-Forwarded-*, X-Original-URL, X-User-Id and whatever else a caller thinks of can't be spoofed.
/// YARP writes X-Forwarded-* and the trace context itself.
/// </summary>
internal static class OutsideHeaders
{
    private static readonly FrozenSet<string> Allowed = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        HeaderNames.Authorization,
        HeaderNames.Accept,
        HeaderNames.AcceptLanguage,
        HeaderNames.CacheControl,
        HeaderNames.ContentLength,
        HeaderNames.ContentType,
        HeaderNames.Host,
        HeaderNames.IfMatch,
        HeaderNames.IfNoneMatch,
        HeaderNames.TraceParent,
        HeaderNames.TraceState,
        HeaderNames.TransferEncoding,
        HeaderNames.UserAgent,
        "Idempotency-Key",
        "Last-Event-ID");

    public static void UseOutsideHeaders(this IReverseProxyApplicationBuilder proxy) =>
        proxy.Use((context, next) =>
        {
            var headers = context.Request.Headers;
            foreach (var name in headers.Keys.Where(name => !Allowed.Contains(name)).ToArray()) headers.Remove(name);
            DropBaggage();
            return next(context);
        });

    // ASP.NET Core took it from its header before any middleware ran; every call from here on would carry it.
    private static void DropBaggage()
    {
        for (var span = Activity.Current; span is not null; span = span.Parent)
        {
            foreach (var (key, _) in span.Baggage.ToArray()) span.SetBaggage(key, value: null);
        }
    }
}
