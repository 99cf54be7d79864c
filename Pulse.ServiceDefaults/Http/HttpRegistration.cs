using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Liveness;

namespace Pulse.ServiceDefaults.Http;

/// <summary>Limits of what comes in, and resilient clients for what goes out to other services.</summary>
public static class HttpRegistration
{
    /// <summary>Bytes of a request body; API.md "Limits".</summary>
    public const long MaxBodyBytes = 64 * 1024;

    // Per attempt, and below the gateway's patience with a whole call.
    private static readonly TimeSpan SlowService = TimeSpan.FromSeconds(3);

    internal static void AddPulseHttp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ServiceWatches>();
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
    }

    /// <summary>
    /// A named <see cref="HttpClient"/> for the internal calls of <paramref name="service"/>. Its address comes from
    /// <c>services:{service}:http:0</c>, as Aspire and ECS both inject it.
    /// </summary>
    public static IHttpClientBuilder AddInternalHttpClient(this IServiceCollection services, string name, string service) =>
        services.AddInternalHttpClient(name, service, SlowService);

    /// <summary>The same, for a caller who has a limit of his own for a service that is slow; one that is dead costs no patience at all.</summary>
    public static IHttpClientBuilder AddInternalHttpClient(this IServiceCollection services, string name, string service, TimeSpan patience) =>
        services.AddHttpClient(name)
            .ConfigureHttpClient((provider, client) =>
            {
                var address = provider.GetRequiredService<IConfiguration>()[$"services:{service}:http:0"]
                    ?? throw new InvalidOperationException($"The address of '{service}' is not configured (services:{service}:http:0).");
                client.BaseAddress = new Uri(address);
                client.DefaultRequestHeaders.Add(ServiceKeyOptions.Header, provider.GetRequiredService<IOptions<ServiceKeyOptions>>().Value.ServiceKey);
                // The resilience handler has the shorter, per-attempt limits.
                client.Timeout = TimeSpan.FromSeconds(10);
            })
            // Four lines per call that the span says as well.
            .RemoveAllLoggers()
            .AddHttpMessageHandler(provider => new ResilienceHandler(
                service,
                provider.GetRequiredService<ServiceWatches>().Over(name, service),
                patience,
                provider.GetRequiredService<TimeProvider>()));
}
