using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Pulse.StandIns.Tests;

public sealed class OpenTelemetryHostingTests
{
    [Fact]
    public async Task Host_Started_SpansReachTheProcessor()
    {
        using var source = new ActivitySource("Pulse.StandIns.Tests.Hosting");
        using var seen = new Recorder();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddAttributes([new("deployment.environment", "test")]))
            .WithTracing(tracing => tracing.AddSource(source.Name).AddProcessor(seen))
            .WithMetrics(metrics => metrics.AddMeter("Pulse.StandIns.Tests"));
        using var host = builder.Build();

        Assert.Null(source.StartActivity("before"));
        await host.StartAsync(TestContext.Current.CancellationToken);
        source.StartActivity("after")?.Stop();
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["after"], seen.Ended.Select(a => a.DisplayName));
        Assert.Contains(host.Services.GetRequiredService<TracerProvider>().GetResource().Attributes, a => a.Key == "deployment.environment");
        Assert.NotNull(host.Services.GetService<MeterProvider>());
    }

    [Fact]
    public void AddOpenTelemetry_CalledTwice_RegistersOneHostedServiceInFront()
    {
        var services = new ServiceCollection();
        services.AddHostedService<Other>();

        services.AddOpenTelemetry();
        services.AddOpenTelemetry();

        var hosted = services.Where(d => d.ServiceType == typeof(IHostedService)).Select(d => d.ImplementationType).ToList();
        Assert.Equal(2, hosted.Count);
        Assert.Equal(typeof(Other), hosted[1]);
    }

    private sealed class Recorder : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Ended { get; } = [];

        public override void OnEnd(Activity data) => Ended.Enqueue(data);
    }

    private sealed class Other : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
