using Microsoft.AspNetCore.Http.Features;

namespace Pulse.Gateway.Routing;

/// <summary>
/// 404 for paths that two parsers could read differently: empty or dot segments, backslashes, and encoded forms of
/// slash, dot, backslash, percent sign and NUL. No call of Pulse has such a path.
/// </summary>
internal static class PathGuard
{
    private static readonly string[] EncodedTricks = ["%2f", "%5c", "%2e", "%25", "%00"];

    public static void UsePathGuard(this WebApplication app) =>
        app.Use((context, next) =>
        {
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (IsPlain(context.Request.Path.Value ?? "", target)) return next(context);

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

    /// <param name="path">The path after the server decoded it and removed dot segments.</param>
    /// <param name="rawTarget">The request target as it was sent.</param>
    internal static bool IsPlain(string path, string rawTarget)
    {
        var sent = PathOf(rawTarget);
        return !path.Contains("//", StringComparison.Ordinal)
            && !sent.Contains("//", StringComparison.Ordinal)
            && !sent.Contains('\\', StringComparison.Ordinal)
            && !HasDotSegment(sent)
            && !EncodedTricks.Any(trick => sent.Contains(trick, StringComparison.OrdinalIgnoreCase));
    }

    // /v1/feed?limit=5   or, absolute: http://pulse.example/v1/feed?limit=5
    private static string PathOf(string rawTarget)
    {
        var query = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var target = query < 0 ? rawTarget : rawTarget[..query];
        if (target.StartsWith('/')) return target;

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var slash = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return slash < 0 ? "" : target[slash..];
    }

    private static bool HasDotSegment(string path) =>
        path.Contains("/./", StringComparison.Ordinal) || path.Contains("/../", StringComparison.Ordinal)
        || path.EndsWith("/.", StringComparison.Ordinal) || path.EndsWith("/..", StringComparison.Ordinal);
}
