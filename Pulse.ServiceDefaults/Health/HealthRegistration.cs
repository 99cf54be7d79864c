using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pulse.ServiceDefaults.Health;

/// <summary><c>/health</c>: ready for traffic. <c>/alive</c>: the process answers; a dependency that is down does not make it restart.</summary>
internal static class HealthRegistration
{
    private const string Live = "live";

    // A dependency that hangs must not make the answer hang; the gateway's probe gives up before a second is over.
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromMilliseconds(500);

    public static void AddPulseHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DrainOptions>().BindConfiguration(DrainOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.Services.AddHealthChecks()
            .AddCheck("self", () => HealthCheckResult.Healthy(), [Live])
            .AddCheck<Drain>("drain");
        builder.Services.PostConfigure<HealthCheckServiceOptions>(checks =>
        {
            foreach (var check in checks.Registrations) check.Timeout = CheckTimeout;
        });
        builder.Services.AddSingleton<HealthAnswer>();
        // It logs an error at every probe of an outage; HealthAnswer logs the change, once.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
    }

    public static void MapPulseHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = app.Services.GetRequiredService<HealthAnswer>().WriteAsync }).AllowAnonymous();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Live) }).AllowAnonymous();
    }
}
