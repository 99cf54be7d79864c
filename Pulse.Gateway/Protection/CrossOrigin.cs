using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Pulse.Gateway.Protection;

/// <summary>Which web pages of other origins may call. Pages that the gateway serves itself need no entry.</summary>
internal sealed class CrossOriginOptions
{
    public const string Section = "Cors";

    /// <summary>Origins as browsers send them, such as <c>https://app.example</c>: no path, no wildcard.</summary>
    public string[] Origins { get; init; } = [];

    internal bool AreOrigins() => Origins.All(origin =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && !origin.Contains('*', StringComparison.Ordinal)
        && uri.GetLeftPart(UriPartial.Authority) == origin);
}

/// <summary>
/// CORS for the pages of <see cref="CrossOriginOptions"/>. Never with credentials: callers carry a token and no cookie. Preflights are
/// answered here and not counted, as no page can read that it was over a limit.
/// </summary>
internal static class CrossOrigin
{
    private static readonly TimeSpan PreflightLifetime = TimeSpan.FromMinutes(10);

    public static void AddCrossOrigin(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<CrossOriginOptions>().BindConfiguration(CrossOriginOptions.Section)
            .Validate(options => options.AreOrigins(), "Cors:Origins takes origins such as https://app.example: a scheme and a host, without path or wildcard.")
            .ValidateOnStart();
        builder.Services.AddCors();
        builder.Services.AddOptions<CorsOptions>().Configure<IOptions<CrossOriginOptions>>((cors, own) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(own.Value.Origins)
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "traceparent", "tracestate")
            .WithExposedHeaders("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "Location", "ETag")
            .SetPreflightMaxAge(PreflightLifetime)));
    }

    public static void UseCrossOrigin(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<CrossOriginOptions>>().Value.Origins.Length > 0) app.UseCors();
    }
}
