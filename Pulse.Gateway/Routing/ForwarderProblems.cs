using System.Net.Sockets;
using Microsoft.AspNetCore.Mvc;
using Pulse.ServiceDefaults.Problems;
using Yarp.ReverseProxy.Forwarder;

namespace Pulse.Gateway.Routing;

/// <summary>
/// What YARP could not forward, as problems. 503 with <c>Retry-After</c>: the service is away, and its detail tells whether the call
/// was never sent or fell silent under way; an answer that broke off is 502, one of a living service that did not come in time 504.
/// </summary>
internal static partial class ForwarderProblems
{
    private const string RetrySeconds = "1";
    private const string NotSent = "The service behind this call is not available; try again shortly.";

    public static void UseForwarderProblems(this IReverseProxyApplicationBuilder proxy) =>
        proxy.Use(async (context, next) =>
        {
            await next(context);
            if (context.Response.HasStarted) return;

            if (context.GetForwarderErrorFeature() is { } failure) await AnswerAsync(context, failure);
            // A bare error of a service's web server: without its "no content" the status code page fills it.
            else if (context.Response is { StatusCode: >= 400, ContentLength: 0 } response) response.ContentLength = null;
        });

    private static async Task AnswerAsync(HttpContext context, IForwarderErrorFeature failure)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return;
        }

        var problem = context.Features.Get<ServiceDied>() is not null ? Unavailable("The service behind this call fell silent; the call may have taken effect.")
            : context.Features.Get<CallTimedOut>() is not null ? TooSlow()
            : Describe(failure);
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ForwarderProblems));
        LogNotForwarded(log, context.GetReverseProxyFeature().Route.Config.RouteId, failure.Error, failure.Exception?.Message, problem.Status!.Value);
        context.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = RetrySeconds;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
    }

    private static ProblemDetails Describe(IForwarderErrorFeature failure) => failure switch
    {
        { Error: ForwarderError.NoAvailableDestinations } => Unavailable(NotSent),
        { Exception: { } exception } when NeverConnected(exception) => Unavailable(NotSent),
        { Error: ForwarderError.RequestTimedOut } => TooSlow(),
        _ => new ProblemDetails
        {
            Status = StatusCodes.Status502BadGateway,
            Detail = "The answer of the service behind this call broke off; the call may have taken effect.",
        },
    };

    private static ProblemDetails TooSlow() => new()
    {
        Status = StatusCodes.Status504GatewayTimeout,
        Detail = "The service behind this call did not answer in time; the call may have taken effect.",
    };

    private static ProblemDetails Unavailable(string detail) => new()
    {
        Status = StatusCodes.Status503ServiceUnavailable,
        Type = ProblemTypes.Unavailable,
        Detail = detail,
    };

    private static bool NeverConnected(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => true,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable } => true,
        // ConnectTimeout; the limit of the whole answer cancels without one.
        TimeoutException => true,
        { InnerException: { } inner } => NeverConnected(inner),
        _ => false,
    };

    // Without the stack trace that YARP would add to every call of an outage.
    [LoggerMessage(6101, LogLevel.Warning, "{Call} was not forwarded ({Error}: {Reason}), answered {Status}")]
    private static partial void LogNotForwarded(ILogger logger, string call, ForwarderError error, string? reason, int status);
}
