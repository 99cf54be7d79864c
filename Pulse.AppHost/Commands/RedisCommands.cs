using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Pulse.AppHost.Commands;

/// <summary>Two ways to lose the cache, to see that nothing else is lost.</summary>
internal static class RedisCommands
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    public static void WithRedisCommands(this IResourceBuilder<IResourceWithConnectionString> redis) =>
        redis
            .WithCommand("flush", "Flush Redis", _ => FlushAsync(redis.Resource), new CommandOptions
            {
                Description = "Deletes every key. Timelines are built anew as they are read.",
                ConfirmationMessage = "Delete every key of Redis? Nothing is lost, but every timeline is cold.",
                IconName = "Delete",
                UpdateState = DevelopmentCommands.WhileRunning,
            })
            .WithCommand("stop-for-30s", "Stop for 30 s", context => StopForAWhileAsync(context, redis.Resource), new CommandOptions
            {
                Description = "Stops Redis and starts it again after 30 seconds; until then pages come from Postgres and say so.",
                IconName = "TimerOff",
                UpdateState = DevelopmentCommands.WhileRunning,
            });

    private static async Task<ExecuteCommandResult> FlushAsync(IResourceWithConnectionString redis)
    {
        var address = ConfigurationOptions.Parse(await redis.GetConnectionStringAsync() ?? "");
        address.AllowAdmin = true;
        try
        {
            using var connection = await ConnectionMultiplexer.ConnectAsync(address);
            foreach (var server in connection.GetEndPoints()) await connection.GetServer(server).FlushAllDatabasesAsync();
        }
        catch (RedisException failure)
        {
            return CommandResults.Failure(failure.Message);
        }

        return DevelopmentCommands.Done("Redis is empty.");
    }

    private static async Task<ExecuteCommandResult> StopForAWhileAsync(ExecuteCommandContext context, IResource redis)
    {
        var commands = context.ServiceProvider.GetRequiredService<ResourceCommandService>();
        var stopped = await commands.ExecuteCommandAsync(context.ResourceName, KnownResourceCommands.StopCommand, context.CancellationToken);
        if (!stopped.Success) return stopped;

        _ = StartLaterAsync(context, redis, commands);
        return DevelopmentCommands.Done($"Redis starts again in {Outage.TotalSeconds:0} s.");
    }

    // Who starts it by hand ends the outage: what happens after that is not this command's business.
    private static async Task StartLaterAsync(ExecuteCommandContext context, IResource redis, ResourceCommandService commands)
    {
        var stopping = context.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var startedByHand = context.ServiceProvider.GetRequiredService<ResourceNotificationService>().WaitForResourceAsync(redis.Name, IsAlive, over.Token);
        var elapsed = Task.Delay(Outage, TimeProvider.System, over.Token);
        var first = await Task.WhenAny(startedByHand, elapsed);
        await over.CancelAsync();
        if (first == elapsed && !stopping.IsCancellationRequested) await commands.ExecuteCommandAsync(context.ResourceName, KnownResourceCommands.StartCommand, stopping);
    }

    private static bool IsAlive(ResourceEvent change) => !KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text, StringComparer.Ordinal);
}
