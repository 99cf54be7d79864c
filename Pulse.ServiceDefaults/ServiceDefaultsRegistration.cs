using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Health;
using Pulse.ServiceDefaults.Http;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Telemetry;

namespace Pulse.ServiceDefaults;

/// <summary>What every process of Pulse gets; the first call of each <c>Program.cs</c> and the first of its pipeline.</summary>
public static class ServiceDefaultsRegistration
{
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.AddPulseTelemetry();
        builder.AddPulseHealth();
        builder.AddPulseProblems();
        builder.AddPulseAuthentication();
        builder.AddPulseHttp();
        return builder;
    }

    /// <param name="app">The application.</param>
    /// <param name="beforeAuthentication">Middleware that sees every request, also those that will be refused for want of a token.</param>
    public static WebApplication UseServiceDefaults(this WebApplication app, Action<WebApplication>? beforeAuthentication = null)
    {
        app.UsePulseProblems();
        beforeAuthentication?.Invoke(app);
        app.UseUtf8Bodies();
        app.UseAuthentication();
        app.UseUnroutedAnswers();
        app.UseAuthorization();
        app.MapPulseHealth();
        return app;
    }
}
