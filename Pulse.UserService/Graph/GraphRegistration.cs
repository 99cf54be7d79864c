using Pulse.Messaging.Outbox;

namespace Pulse.UserService.Graph;

internal static class GraphRegistration
{
    public static void AddGraph(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<GraphVersions>();
        builder.Services.AddSingleton<IOutboxObserver, GraphVersionObserver>();
        builder.Services.AddSingleton<IOutboxObserver, AuthorCardKeeper>();
        builder.Services.AddSingleton<IOutboxWatermark, PublishedWatermark>();
        builder.Services.AddScoped<GraphSnapshots>();
        builder.Services.AddScoped<AuthorCards>();
        builder.Services.AddScoped<GraphPages>();
    }
}
