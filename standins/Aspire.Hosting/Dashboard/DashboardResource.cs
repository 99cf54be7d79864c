using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Endpoints;
using Aspire.Hosting.ResourceService;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Dashboard;

/// <summary>The real Aspire dashboard, run as one more process of the application.</summary>
internal static class DashboardResource
{
    public const string Name = "aspire-dashboard";

    public static Task AddAsync(BeforeStartEvent started, CancellationToken ct)
    {
        var configuration = started.Services.GetRequiredService<IConfiguration>();
        var ports = started.Services.GetRequiredService<PortAllocator>();
        configuration[DashboardConfiguration.OtlpGrpcKey] ??= $"http://127.0.0.1:{ports.NextFree()}";
        configuration[DashboardConfiguration.OtlpHttpKey] ??= $"http://127.0.0.1:{ports.NextFree()}";
        configuration[ResourceServiceHost.UrlKey] ??= $"http://127.0.0.1:{ports.NextFree()}";

        var dashboard = DashboardConfiguration.Read(configuration);
        if (dashboard.Executable is null || dashboard.FrontendUrl is null) return Task.CompletedTask;

        var resource = new ExecutableResource(Name, dashboard.Executable, Path.GetDirectoryName(dashboard.Executable)!);
        resource.Annotations.Add(new CommandLineArgsCallbackAnnotation(context =>
        {
            context.Args.Add("dashboard");
            return Task.CompletedTask;
        }));
        resource.Annotations.Add(new EnvironmentCallbackAnnotation(context => Fill(context.EnvironmentVariables, dashboard)));
        resource.Annotations.Add(Endpoint("http", dashboard.FrontendUrl));
        resource.Annotations.Add(Endpoint("otlp-grpc", dashboard.OtlpGrpcUrl!));
        resource.Annotations.Add(Endpoint("otlp-http", dashboard.OtlpHttpUrl!));
        var health = Health.HttpEndpointHealthCheck.Register(resource.GetEndpoint("http"), "/health", 200);
        started.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Add(health);
        resource.Annotations.Add(new HealthCheckAnnotation(health.Name));

        // First in the list: it starts while the others still wait, so no telemetry is lost.
        started.Model.Resources.Insert(0, resource);
        return Task.CompletedTask;
    }

    private static EndpointAnnotation Endpoint(string name, string url)
    {
        var address = new Uri(url);
        return new EndpointAnnotation(ProtocolType.Tcp, address.Scheme, name: name, port: address.Port) { TargetHost = address.Host };
    }

    private static void Fill(Dictionary<string, object> variables, DashboardConfiguration dashboard)
    {
        variables["ASPNETCORE_URLS"] = dashboard.FrontendUrl!;
        variables["ASPNETCORE_ENVIRONMENT"] = "Production";
        variables["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = dashboard.OtlpGrpcUrl!;
        variables["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = dashboard.OtlpHttpUrl!;
        variables["ASPIRE_DASHBOARD_API_ENABLED"] = "true";
        variables["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true";
        // The dashboard leaves by itself a few seconds after this process has gone.
        variables["ASPIRE_CLI_PID"] = $"{Environment.ProcessId}";
        variables["DASHBOARD__FRONTEND__AUTHMODE"] = "BrowserToken";
        variables["DASHBOARD__FRONTEND__BROWSERTOKEN"] = dashboard.BrowserToken;
        variables["DASHBOARD__OTLP__AUTHMODE"] = "ApiKey";
        variables["DASHBOARD__OTLP__PRIMARYAPIKEY"] = dashboard.OtlpApiKey;
        variables["DASHBOARD__API__AUTHMODE"] = "ApiKey";
        variables["DASHBOARD__API__PRIMARYAPIKEY"] = dashboard.ApiKey;
        variables["DASHBOARD__RESOURCESERVICECLIENT__URL"] = dashboard.ResourceServiceUrl!;
        variables["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"] = "ApiKey";
        variables["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"] = dashboard.ResourceServiceKey;
    }
}
