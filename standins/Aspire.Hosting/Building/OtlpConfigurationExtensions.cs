using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;

namespace Aspire.Hosting;

public static class OtlpConfigurationExtensions
{
    /// <summary>Points the OpenTelemetry exporter of a process at the dashboard; without a dashboard it sets nothing.</summary>
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEnvironment => builder.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            variables["OTEL_SERVICE_NAME"] = builder.Resource.Name;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={(ResourceInstance.Current ?? ResourceInstance.AllOf(builder.Resource)[0]).Suffix}";
            if (DashboardConfiguration.Read(builder.ApplicationBuilder.Configuration) is not { IsPresent: true } dashboard) return;

            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = dashboard.OtlpGrpcUrl!;
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={dashboard.OtlpApiKey}";
            // A developer looks at the dashboard while the request is still warm: export every second.
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        });
}
