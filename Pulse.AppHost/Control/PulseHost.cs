using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pulse.AppHost.Control;

/// <summary>The life of the whole system: up, or not at all; then until a signal or a request ends it.</summary>
internal static class PulseHost
{
    public static async Task<int> RunAsync(IDistributedApplicationBuilder builder, PulseRun run)
    {
        try
        {
            builder.UseReplicas(Environment.GetEnvironmentVariables());
        }
        catch (StartRefusedException refused)
        {
            Refusal.Print(refused.Message);
            return 1;
        }

        builder.Services.AddLogging(logging => logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning));
        await using var app = builder.Build();
        await using var control = ControlApi.Create(app, run);
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        var code = 0;
        try
        {
            await control.StartListeningAsync(run.ControlSocket);
            await app.StartAsync(lifetime.ApplicationStopping);
            await new StartupWatch(app).UntilUpAsync(lifetime.ApplicationStopping);
            PrintAddresses(run);
            await Task.Delay(Timeout.Infinite, lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Console.WriteLine("Stopping.");
        }
        catch (Exception failure) when (failure is StartRefusedException or DistributedApplicationException)
        {
            Refusal.Print(failure.Message);
            code = 1;
        }

        await app.StopAsync(CancellationToken.None);
        return code;
    }

    private static void PrintAddresses(PulseRun run)
    {
        Console.WriteLine($"""
            Pulse is up
              API        {run.GatewayUrl}
              API docs   {run.GatewayUrl}/docs
            """);
        if (run.HasDashboard) Console.WriteLine($"  Dashboard  {DashboardLogin(run)}");
    }

    internal static string DashboardLogin(PulseRun run) => $"{run.DashboardUrl}/login?t={run.Secret("dashboard-browser-token")}";
}
