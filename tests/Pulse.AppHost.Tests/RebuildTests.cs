using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pulse.AppHost.Tests;

public sealed class RebuildTests : IAsyncLifetime
{
    private const string Name = "sample";
    private readonly SampleProject _sample = new();

    public ValueTask InitializeAsync() => _sample.InitializeAsync();

    public ValueTask DisposeAsync() => _sample.DisposeAsync();

    [Fact]
    public async Task Rebuild_ChangedThenBroken_RunsTheNewOneAndKeepsIt()
    {
        var builder = RunningApplication.CreateBuilder();
        var resource = _sample.AddTo(builder, Name, replicas: 2).Resource;
        await using var running = await RunningApplication.StartAsync(builder);
        var first = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        await _sample.WriteAsync(program => program.Replace("version=1", "changed=2", StringComparison.Ordinal) + "\n#warning remember this\n");
        await running.CommandAsync(resource, "rebuild");
        var second = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        foreach (var replica in second)
        {
            Assert.Equal("2", await running.LineAsync(replica.ResourceId, "changed="));
            Assert.Contains("remember this", await running.LineContainingAsync(replica.ResourceId, "[build]", "warning CS1030"), StringComparison.Ordinal);
        }

        await _sample.WriteAsync(program => program.Replace("version=1", "changed=3", StringComparison.Ordinal) + "\nthis is no program\n");
        var failed = await running.App.ResourceCommands.ExecuteCommandAsync(resource, "rebuild", TestContext.Current.CancellationToken);
        var third = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        Assert.False(failed.Success);
        Assert.Contains("what runs goes on as it is", failed.Message, StringComparison.Ordinal);
        Assert.Contains("error CS", failed.Message, StringComparison.Ordinal);
        Assert.Equal(second.Select(Pid), third.Select(Pid));
        Assert.Empty(first.Select(Pid).Intersect(second.Select(Pid)));

        // Not even a restart finds a broken program: the output folder is as it was.
        await running.CommandAsync(resource, "restart");
        await running.UntilReplicasAsync(Name, 2, IsHealthy);
        Assert.Equal("2", await running.LineAsync(second[0].ResourceId, "changed="));
    }

    [Fact]
    public async Task Rebuild_ProjectIsNotBuilt_BuildsItAndLeavesTheStartToTheCaller()
    {
        Directory.Delete(Path.Combine(_sample.Folder, "bin"), recursive: true);
        var builder = RunningApplication.CreateBuilder();
        _sample.AddTo(builder, Name);
        await using var running = await RunningApplication.StartAsync(builder);
        await running.UntilStateAsync(Name, KnownResourceStates.FailedToStart);

        await running.CommandAsync(Name, "rebuild");
        var built = await running.UntilAsync(Name, _ => true);
        await running.CommandAsync(Name, "start");

        Assert.Equal(KnownResourceStates.FailedToStart, built.State?.Text);
        await running.UntilAsync(Name, IsHealthy);
    }

    [Fact]
    public async Task Rebuild_OfAnExecutable_IsNoCommand()
    {
        var builder = RunningApplication.CreateBuilder();
        builder.AddExecutable("shell", "/bin/sh", "/", "-c", "exec sleep 600");
        await using var running = await RunningApplication.StartAsync(builder);
        await running.UntilStateAsync("shell", KnownResourceStates.Running);

        var answer = await running.App.ResourceCommands.ExecuteCommandAsync("shell", "rebuild", TestContext.Current.CancellationToken);

        Assert.Equal("Command 'rebuild' not available for resource 'shell'.", answer.Message);
    }

    private static bool IsHealthy(CustomResourceSnapshot snapshot) => snapshot.HealthStatus == HealthStatus.Healthy;

    private static int Pid(ResourceEvent replica) => (int)replica.Snapshot.Properties.First(p => p.Name is "executable.pid").Value!;
}
