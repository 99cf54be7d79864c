using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Pulse.Gateway.Protection;

/// <summary>How large, how slow and how many requests may be. Bodies have their own limit, 64 KiB everywhere.</summary>
internal sealed class RequestLimitOptions
{
    public const string Section = "RequestLimits";

    /// <summary>Characters of path and query; 414 above. The cursor of a feed has up to 5,400, and what services refuse by themselves begins at 8,192.</summary>
    [Range(256, 65_536)]
    public int MaxTarget { get; init; } = 6 * 1024;

    /// <summary>Number of headers; 431 above.</summary>
    [Range(16, 1_000)]
    public int MaxHeaders { get; init; } = 64;

    /// <summary>Characters of all header names and values; 431 above.</summary>
    [Range(1_024, 262_144)]
    public int MaxHeaderCharacters { get; init; } = 16 * 1024;

    /// <summary>Seconds for all headers of a request to arrive; 408 after.</summary>
    [Range(1, 300)]
    public double HeaderSeconds { get; init; } = 10;

    /// <summary>Bytes per second that a body must come with, once <see cref="BodyGraceSeconds"/> are over; 408 below.</summary>
    [Range(1, 1_000_000)]
    public double MinBodyBytesPerSecond { get; init; } = 240;

    /// <summary>Seconds in which a body may be slower.</summary>
    [Range(1.1, 300)]
    public double BodyGraceSeconds { get; init; } = 5;

    /// <summary>Connections at a time, streams included; more are closed unanswered.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>
    /// Seconds for a whole body to arrive, 408 after; and then for the service's whole answer, 504 after. Streams have no such limit.
    /// </summary>
    [Range(0.1, 300)]
    public double CallSeconds { get; init; } = 15;
}

/// <summary>
/// 414 and 431 as problems. Kestrel would refuse such requests before any middleware runs, with a bare status; so its own limits are four
/// times ours, and only what is far beyond meets them.
/// </summary>
internal static class RequestLimits
{
    private const int KestrelFactor = 4;

    public static void AddRequestLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<RequestLimitOptions>().BindConfiguration(RequestLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<RequestLimitOptions>>((kestrel, own) =>
        {
            var limits = own.Value;
            kestrel.Limits.MaxRequestLineSize = KestrelFactor * limits.MaxTarget;
            kestrel.Limits.MaxRequestHeaderCount = KestrelFactor * limits.MaxHeaders;
            kestrel.Limits.MaxRequestHeadersTotalSize = KestrelFactor * limits.MaxHeaderCharacters;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HeaderSeconds);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.MinBodyBytesPerSecond, TimeSpan.FromSeconds(limits.BodyGraceSeconds));
            kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
        });
    }

    public static void UseRequestLimits(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<IOptions<RequestLimitOptions>>().Value;
        app.Use((context, next) =>
        {
            if (Refuse(context, limits) is not { } status) return next(context);

            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
    }

    private static int? Refuse(HttpContext context, RequestLimitOptions limits)
    {
        if (context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Length > limits.MaxTarget) return StatusCodes.Status414UriTooLong;

        var (count, characters) = (0, 0);
        foreach (var (name, values) in context.Request.Headers)
        {
            foreach (var value in values)
            {
                count++;
                characters += name.Length + (value?.Length ?? 0);
            }
        }

        return count > limits.MaxHeaders || characters > limits.MaxHeaderCharacters ? StatusCodes.Status431RequestHeaderFieldsTooLarge : null;
    }
}
