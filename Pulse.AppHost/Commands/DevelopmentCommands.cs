using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Pulse.AppHost.Commands;

/// <summary>What a developer does to a running system, as buttons of the dashboard and as `./pulse resource NAME COMMAND`; there are none outside of Development.</summary>
internal static class DevelopmentCommands
{
    public static void AddDevelopmentCommands(
        this IDistributedApplicationBuilder builder,
        IResourceBuilder<IResourceWithConnectionString> redis,
        IResourceBuilder<IResourceWithConnectionString> bus,
        IResourceBuilder<ProjectResource> users,
        IResourceBuilder<ProjectResource> fanout,
        IResourceBuilder<ProjectResource> gateway,
        IResourceBuilder<ParameterResource> serviceKey)
    {
        if (!builder.Environment.IsDevelopment()) return;

        builder.Services.AddHttpClient();
        var calls = new ServiceCalls(serviceKey.Resource);
        redis.WithRedisCommands();
        bus.WithReplayCommand(fanout, calls);
        gateway.WithSeedCommand(users, calls);
    }

    /// <summary>Enabled while the resource runs.</summary>
    public static ResourceCommandState WhileRunning(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    public static ExecuteCommandResult Done(string message) => new() { Success = true, Message = message };
}
