using Pulse.AppHost.Control;

namespace Pulse.AppHost.Topology;

/// <summary>Address and secrets of the dashboard, under Aspire's own configuration keys; secrets live as long as the data folder, so a bookmark stays good.</summary>
internal static class DashboardRegistration
{
    public static void UseDashboard(this IDistributedApplicationBuilder builder, PulseRun run)
    {
        builder.Configuration["ASPNETCORE_URLS"] = run.DashboardUrl;
        builder.Configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true"; // plain http, loopback only
        builder.Configuration["Aspire:Store:Path"] = run.DataDirectory;
        builder.Configuration["AppHost:BrowserToken"] = run.Secret("dashboard-browser-token");
        builder.Configuration["AppHost:OtlpApiKey"] = run.Secret("dashboard-otlp-key");
        builder.Configuration["AppHost:DashboardApiKey"] = run.Secret("dashboard-api-key");
        if (run.HasDashboard) builder.Configuration["ASPIRE_DASHBOARD_PATH"] = run.Tools.Dashboard;
        else Console.WriteLine("The Aspire dashboard is not installed (./pulse setup installs it): going on without it.");
    }
}
