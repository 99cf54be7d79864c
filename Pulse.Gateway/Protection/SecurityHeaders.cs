namespace Pulse.Gateway.Protection;

/// <summary>What every answer tells browsers and caches, whoever wrote it: the gateway, a service, or the handler of exceptions.</summary>
internal static class SecurityHeaders
{
    private const string NoPage = "default-src 'none'; frame-ancestors 'none'";

    // The page that tries the API: scripts and styles of its own, icons as data, styles that its components set on themselves.
    private const string DocsPage =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string AYear = "max-age=31536000";

    public static void UseSecurityHeaders(this WebApplication app) =>
        app.Use((context, next) =>
        {
            // At the start of the answer: an exception in between clears the headers set so far.
            context.Response.OnStarting(static state => Complete((HttpContext)state), context);
            return next(context);
        });

    private static Task Complete(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase) ? DocsPage : NoPage;
        headers["Referrer-Policy"] = "no-referrer";
        headers.Remove("Server");
        headers.Remove("X-Powered-By");
        // Browsers ignore it over http, and so does whoever reads the standard.
        if (request.IsHttps) headers.StrictTransportSecurity = AYear;
        if (IsAboutTokens(request.Path)) headers.CacheControl = "no-store";
        else if (headers.CacheControl.Count == 0 && request.Headers.Authorization.Count > 0) headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private static bool IsAboutTokens(PathString path) =>
        path.StartsWithSegments("/v1/auth", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/auth", StringComparison.OrdinalIgnoreCase);
}
