using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Pulse.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs over OTLP. Where they go is told by the standard <c>OTEL_*</c> variables alone.</summary>
internal static class TelemetryRegistration
{
    // Fan-out and the folding of counts take milliseconds when idle and minutes behind a backlog; the default buckets end at ten seconds.
    private static readonly double[] LagBuckets =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

    public static void AddPulseTelemetry(this IHostApplicationBuilder builder)
    {
        // .NET 10 leaves its server span empty unless this switch is off; it is read when the host is built.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);
        builder.Services.AddHostedService<HttpServerEnricher>();

        // Six lines per request that the server span says as well.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // Each statement and each call has its span; a line of log besides would drown what the services say themselves.
        builder.Logging
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore.Migrations", LogLevel.Information)
            .AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing
                .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "Yarp.ReverseProxy", "Pulse.*")
                .AddProcessor(new BackgroundSpanFilter()))
            .WithMetrics(metrics => metrics
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql", "Pulse.*")
                .AddView("pulse.fanout.lag", new ExplicitBucketHistogramConfiguration { Boundaries = LagBuckets })
                .AddView("pulse.counters.flush.lag", new ExplicitBucketHistogramConfiguration { Boundaries = LagBuckets }));

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"])) telemetry.UseOtlpExporter();
    }
}
