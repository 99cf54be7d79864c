using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Pulse.AppHost.Tests;

/// <summary>A started application of shell commands, stopped at the end of its test; every wait is bounded.</summary>
internal sealed class RunningApplication : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

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

    public async Task CommandAsync(string name, string command)
    {
        var result = await App.ResourceCommands.ExecuteCommandAsync(name, command, _deadline.Token);
        Assert.True(result.Success);
    }

    /// <summary>The first line of a resource's log that begins with the prefix, without it.</summary>
    public async Task<string> LineAsync(string name, string prefix)
    {
        await foreach (var batch in App.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(name).WithCancellation(_deadline.Token))
        {
            foreach (var line in batch)
            {
                var text = line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..];
                if (text.StartsWith(prefix, StringComparison.Ordinal)) return text[prefix.Length..];
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
}
