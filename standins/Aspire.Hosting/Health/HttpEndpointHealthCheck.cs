using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Health
{
    internal sealed class HttpEndpointHealthCheck(EndpointReference endpoint, string path, int statusCode) : IHealthCheck
    {
        private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null })
        {
            Timeout = TimeSpan.FromSeconds(5),
        };

        public static HealthCheckRegistration Register(EndpointReference endpoint, string path, int statusCode) =>
            new($"{endpoint.Resource.Name}_{endpoint.EndpointName}_{path}_{statusCode}_check", new HttpEndpointHealthCheck(endpoint, path, statusCode), failureStatus: null, tags: null);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            // A replica is asked itself, not whoever the proxy would choose.
            var port = await endpoint.Property(EndpointProperty.TargetPort).GetValueAsync(cancellationToken);
            var address = new Uri(new Uri($"{endpoint.Scheme}://{endpoint.Host}:{port}"), path);
            try
            {
                using var response = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                return (int)response.StatusCode == statusCode
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy($"{address} answered {(int)response.StatusCode}, expected {statusCode}.");
            }
            catch (HttpRequestException failure)
            {
                return HealthCheckResult.Unhealthy($"{address} does not answer: {failure.Message}");
            }
            catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return HealthCheckResult.Unhealthy($"{address} did not answer within {Client.Timeout.TotalSeconds:0} s.");
            }
        }
    }
}

namespace Aspire.Hosting
{
    public static partial class ResourceBuilderExtensions
    {
        public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
            where T : IResourceWithEndpoints
        {
            var check = HttpEndpointHealthCheck.Register(builder.Resource.GetEndpoint(endpointName ?? "http"), path ?? "/", statusCode ?? 200);
            builder.ApplicationBuilder.Services.Configure<HealthCheckServiceOptions>(options => options.Registrations.Add(check));
            return builder.WithHealthCheck(check.Name);
        }
    }
}
