using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pulse.AppHost.Tests;

/// <summary>A started application of shell commands, stopped at the end of its test; every wait is bounded.</summary>
internal sealed partial class RunningApplication : IAsyncDisposable
{
    /// <summary>Three builds of a project fit in it while another test project runs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly CancellationTokenSource _deadline;

    private RunningApplication(DistributedApplication app, CancellationTokenSource deadline)
    {
        App = app;
        _deadline = deadline;
    }

    public DistributedApplication App { get; }

    public static IDistributedApplicationBuilder CreateBuilder() =>
        DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [], DisableDashboard = true });

    public static async Task<RunningApplication> StartAsync(IDistributedApplicationBuilder builder)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var app = builder.Build();
        await app.StartAsync(deadline.Token);
        return new RunningApplication(app, deadline);
    }

    public async Task<CustomResourceSnapshot> UntilAsync(string name, Func<CustomResourceSnapshot, bool> condition) =>
        (await App.ResourceNotifications.WaitForResourceAsync(name, e => condition(e.Snapshot), _deadline.Token)).Snapshot;

    public Task<CustomResourceSnapshot> UntilStateAsync(string name, string state) => UntilAsync(name, s => s.State?.Text == state);

    /// <summary>Waits until so many processes of a resource are as they should be, all at the same time.</summary>
    /// <returns>Their states, in the order of their ids.</returns>
    public async Task<IReadOnlyList<ResourceEvent>> UntilReplicasAsync(string name, int count, Func<CustomResourceSnapshot, bool> condition)
    {
        var latest = new SortedDictionary<string, ResourceEvent>(StringComparer.Ordinal);
        await foreach (var change in App.ResourceNotifications.WatchAsync(_deadline.Token))
        {
            if (change.Resource.Name == name) latest[change.ResourceId] = change;
            if (latest.Count == count && latest.Values.All(replica => condition(replica.Snapshot))) return [.. latest.Values];
        }

        throw new InvalidOperationException($"The states of {name} ended.");
    }

    public async Task CommandAsync(string nameOrId, string command) => Succeeded(await App.ResourceCommands.ExecuteCommandAsync(nameOrId, command, _deadline.Token));

    public async Task CommandAsync(IResource resource, string command) => Succeeded(await App.ResourceCommands.ExecuteCommandAsync(resource, command, _deadline.Token));

    public void Say(IResource resource, string text) => LogSaid(App.Services.GetRequiredService<ResourceLoggerService>().GetLogger(resource), text);

    /// <summary>The first line of a resource's log that begins with the prefix, without it.</summary>
    public async Task<string> LineAsync(string name, string prefix) => (await LineContainingAsync(name, prefix, ""))[prefix.Length..];

    /// <summary>The first line that begins with the prefix and has the text in it.</summary>
    public async Task<string> LineContainingAsync(string name, string prefix, string text)
    {
        await foreach (var batch in App.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(name).WithCancellation(_deadline.Token))
        {
            foreach (var line in batch)
            {
                var said = line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..];
                if (said.StartsWith(prefix, StringComparison.Ordinal) && said.Contains(text, StringComparison.Ordinal)) return said;
            }
        }

        throw new InvalidOperationException($"The log of {name} ended without {prefix}");
    }

    /// <summary>Waits on the condition itself; the bound only turns a hang into a failure.</summary>
    public async Task UntilTrueAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(TimeSpan.FromMilliseconds(10), _deadline.Token);
    }

    public static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        _deadline.Dispose();
    }

    private static void Succeeded(ExecuteCommandResult result) => Assert.True(result.Success, result.Message);

    [LoggerMessage(1, LogLevel.Information, "{Text}")]
    private static partial void LogSaid(ILogger logger, string text);
}
