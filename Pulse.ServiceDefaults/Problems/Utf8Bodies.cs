using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Pulse.ServiceDefaults.Problems;

/// <summary>
/// Bodies are UTF-8. The framework takes other names for it, such as the quoted one that RFC 9110 allows, for an unknown
/// encoding and fails; here they are spelt out, and another charset is 415.
/// </summary>
internal static class Utf8Bodies
{
    private const string Utf8 = "utf-8";

    public static void UseUtf8Bodies(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.Charset.HasValue) return next(context);

        if (!HeaderUtilities.RemoveQuotes(type.Charset).Equals(Utf8, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        type.Charset = Utf8;
        context.Request.ContentType = type.ToString();
        return next(context);
    });
}
