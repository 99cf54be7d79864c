using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Pulse.Gateway.Routing;
using Pulse.ServiceDefaults.Problems;
using Yarp.ReverseProxy.Model;

namespace Pulse.Gateway.RateLimiting;

/// <summary>
/// Counts every call, refused ones too, and tells every caller where he stands: <c>X-RateLimit-Limit</c>,
/// <c>-Remaining</c>, and <c>-Reset</c> as Unix time in seconds.
/// </summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, CallLimiter limiter, IProblemDetailsService problems, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (IsProbe(context.Request.Path))
        {
            await next(context);
            return;
        }

        var call = LimitOf(context.GetEndpoint());
        var verdict = await limiter.CountAsync(call, await Caller.OfAsync(context, call), context.RequestAborted);
        // At the start of the answer: an exception in between clears the headers set so far.
        context.Response.OnStarting(() => Tell(context.Response.Headers, verdict));
        if (verdict.IsAllowed) await next(context);
        else await RefuseAsync(context, verdict);
    }

    // An orchestrator asks from an address that others may share, and must not be told that the gateway is ill.
    private static bool IsProbe(PathString path) => path == "/health" || path == "/alive";

    private static LimitedCall LimitOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<RouteModel>() is { } route && RouteTable.Find(route.Config.RouteId) is { } row ? row.Limit : LimitedCall.EverythingElse;

    private static Task Tell(IHeaderDictionary headers, Verdict verdict)
    {
        headers["X-RateLimit-Limit"] = verdict.Limit.Calls.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = verdict.Remaining.ToString(CultureInfo.InvariantCulture);
        // The first whole second of the next window: who waits for it must not come a moment too early.
        headers["X-RateLimit-Reset"] = verdict.EndsAt.AddTicks(TimeSpan.TicksPerSecond - 1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    private async Task RefuseAsync(HttpContext context, Verdict verdict)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling((verdict.EndsAt - clock.GetUtcNow()).TotalSeconds));
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = new ProblemDetails
            {
                Status = StatusCodes.Status429TooManyRequests,
                Type = ProblemTypes.RateLimited,
                Detail = $"At most {verdict.Limit.Calls} of these calls in {Words(verdict.Limit.Window)}; try again in {seconds} s.",
            },
        });
    }

    private static string Words(TimeSpan window) => window == TimeSpan.FromHours(1) ? "an hour" : "a minute";
}
