using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Pulse.ServiceDefaults.Problems;

/// <summary>Unreadable input becomes 400 that names the field, an outage 503, anything else 500 and an error in the log.</summary>
internal sealed partial class ExceptionProblems(IProblemDetailsService problems, ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    private const string WrongForm = "The value has the wrong type or form.";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // The rest of a body that will not come is its caller's doing too.
        if (exception is OperationCanceledException or (IOException and not BadHttpRequestException) && httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads it but the trace.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = exception switch
        {
            BadHttpRequestException bad => Unreadable(bad),
            _ when Outage.Is(exception) => Unavailable(httpContext, exception),
            _ => Unexpected(httpContext, exception),
        };
        httpContext.Response.StatusCode = problem.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    private static ProblemDetails Unreadable(BadHttpRequestException bad)
    {
        if (bad.StatusCode != StatusCodes.Status400BadRequest) return new ProblemDetails { Status = bad.StatusCode };

        var (field, message) = bad.InnerException is JsonException { Path: { Length: > 2 } path } ? (path[2..], WrongForm)
            : UnboundParameter().Match(bad.Message) is { Success: true } parameter ? (JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Groups["name"].Value), WrongForm)
            // Not the framework's own words: they speak of parameters and services.
            : ("body", "The body is not the JSON object that this call takes.");
        return new HttpValidationProblemDetails(new Dictionary<string, string[]> { [field] = [message] })
        {
            Status = StatusCodes.Status400BadRequest,
            Type = ProblemTypes.InvalidRequest,
            Title = "The request is not valid.",
            Detail = "The request could not be read; see errors.",
        };
    }

    /// <summary>What the framework says of a route or query value: <c>Failed to bind parameter "int limit" from "abc".</c> The name is that of the code.</summary>
    [GeneratedRegex("^Failed to bind parameter \"[^\"]* (?<name>[A-Za-z_]+)\" from ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex UnboundParameter();

    private ProblemDetails Unavailable(HttpContext context, Exception exception)
    {
        LogOutage(context.Request.Path, exception.GetBaseException().Message);
        context.Response.Headers.RetryAfter = "1";
        return new ProblemDetails { Status = StatusCodes.Status503ServiceUnavailable, Type = ProblemTypes.Unavailable };
    }

    private ProblemDetails Unexpected(HttpContext context, Exception exception)
    {
        LogUnexpected(exception, context.Request.Path);
        return new ProblemDetails
        {
            Status = StatusCodes.Status500InternalServerError,
            Detail = "Something unexpected happened; the trace id finds it in the log.",
        };
    }

    // Without a stack trace: an outage has as many of these lines as it has callers, and nobody's code is to blame.
    [LoggerMessage(1001, LogLevel.Warning, "A dependency is away, {Path} answered 503: {Reason}")]
    private partial void LogOutage(string path, string reason);

    [LoggerMessage(1002, LogLevel.Error, "{Path} failed")]
    private partial void LogUnexpected(Exception exception, string path);
}
