using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pulse.Contracts;

namespace Pulse.ServiceDefaults.Problems;

/// <summary>Every error body is <c>application/problem+json</c> with type, title, status, detail and instance.</summary>
internal static class ProblemsRegistration
{
    // The deepest answer, a page of posts that repost a quote, has nine levels; the deepest request three.
    private const int MaxJsonDepth = 32;

    public static void AddPulseProblems(this IHostApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        // Behind the framework's own, which has the first word.
        builder.Services.AddSingleton<IProblemDetailsWriter, UnnegotiatedProblems>();
        builder.Services.AddExceptionHandler<ExceptionProblems>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            PulseJson.Configure(json.SerializerOptions).MaxDepth = MaxJsonDepth;
            // Two readers of such a body could each take another value.
            json.SerializerOptions.AllowDuplicateProperties = false;
        });
        // Unreadable input always reaches ExceptionProblems, which names the field, and not only in Development.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }

    public static void UsePulseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
    }

    /// <summary>
    /// 404 for a path and 405 for a method that no endpoint has, before authorization: its fallback policy
    /// would ask for a token first, and there is nothing to protect.
    /// </summary>
    public static void UseUnroutedAnswers(this WebApplication app) =>
        app.Use((context, next) =>
        {
            switch (context.GetEndpoint())
            {
                case null:
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                // Routing's own answers (405, 415) are the only endpoints without a route.
                case { RequestDelegate: { } answer } and not RouteEndpoint:
                    return answer(context);
                default:
                    return next(context);
            }
        });

    private static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        var status = problem.Status ?? context.HttpContext.Response.StatusCode;
        problem.Status = status;
        problem.Title ??= ReasonPhrases.GetReasonPhrase(status);
        problem.Type ??= "about:blank";
        problem.Detail ??= Explain(status);
        problem.Instance ??= context.HttpContext.Request.Path;
        problem.Extensions.Remove("traceId");
        if (Activity.Current is { } span) problem.Extensions["trace_id"] = span.TraceId.ToHexString();
    }

    private static string Explain(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "A valid access token is needed: Authorization: Bearer <access token>.",
        StatusCodes.Status403Forbidden => "The caller may not do this.",
        StatusCodes.Status404NotFound => "There is nothing at this address, or the caller may not see it.",
        StatusCodes.Status405MethodNotAllowed => "The address exists, but not for this method.",
        StatusCodes.Status408RequestTimeout => "The request came too slowly.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than this service accepts.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be application/json in UTF-8.",
        StatusCodes.Status414UriTooLong => "The address is longer than this service accepts.",
        StatusCodes.Status431RequestHeaderFieldsTooLarge => "The headers are more, or longer, than this service accepts.",
        StatusCodes.Status502BadGateway or StatusCodes.Status504GatewayTimeout => "A service behind the gateway did not answer.",
        StatusCodes.Status503ServiceUnavailable => "A dependency is not available; try again shortly.",
        _ => ReasonPhrases.GetReasonPhrase(status) + ".",
    };
}
