using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pulse.AppHost.Tests;

public sealed class SupervisorTests
{
    [Fact]
    public async Task Process_EndsWithZero_IsFinished()
    {
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "task", "echo done");
        await using var running = await RunningApplication.StartAsync(builder);

        var ended = await running.UntilAsync("task", HasEnded);

        Assert.Equal((KnownResourceStates.Finished, 0), (ended.State?.Text, ended.ExitCode));
        Assert.Equal("", await running.LineAsync("task", "done"));
    }

    [Fact]
    public async Task Process_Crashes_IsExitedWithItsCodeAndOthersGoOn()
    {
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "crashing", "echo 'out of luck' >&2; exit 7");
        Shell(builder, "steady", "exec sleep 600");
        await using var running = await RunningApplication.StartAsync(builder);

        var ended = await running.UntilAsync("crashing", HasEnded);
        var steady = await running.UntilStateAsync("steady", KnownResourceStates.Running);

        Assert.Equal((KnownResourceStates.Exited, 7), (ended.State?.Text, ended.ExitCode));
        Assert.Equal("of luck", await running.LineAsync("crashing", "out "));
        Assert.Equal(HealthStatus.Healthy, steady.HealthStatus);
    }

    [Fact]
    public async Task Process_Aborts_SaysBySignalAndIsNotStartedAgain()
    {
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "aborting", "echo last words >&2; kill -ABRT $$");
        await using var running = await RunningApplication.StartAsync(builder);

        var ended = await running.UntilAsync("aborting", HasEnded);

        Assert.Equal((KnownResourceStates.Exited, KnownResourceStateStyles.Error, 134), (ended.State?.Text, ended.State?.Style, ended.ExitCode));
        Assert.Equal("words", await running.LineAsync("aborting", "last "));
        Assert.Equal("exited with code 134 (SIGABRT)", await running.LineAsync("aborting", "[sys] "));
        Assert.Null(Pid(ended));
    }

    [Fact]
    public async Task Command_IsMissing_FailsToStartAndSaysWhich()
    {
        var builder = RunningApplication.CreateBuilder();
        builder.AddExecutable("absent", "no-such-command", "/");
        await using var running = await RunningApplication.StartAsync(builder);

        await running.UntilStateAsync("absent", KnownResourceStates.FailedToStart);

        Assert.Contains("is not on the PATH", await running.LineAsync("absent", "The command 'no-such-command'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitFor_DependencyIsNotHealthy_WaitsUntilItIs()
    {
        var healthy = false;
        var builder = RunningApplication.CreateBuilder();
        builder.Services.AddHealthChecks().AddCheck("gate", () => Volatile.Read(ref healthy) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("not yet"));
        var dependency = Shell(builder, "dependency", "exec sleep 600").WithHealthCheck("gate");
        Shell(builder, "dependent", "exec sleep 600").WaitFor(dependency);
        await using var running = await RunningApplication.StartAsync(builder);

        await running.UntilAsync("dependency", s => s.HealthReports.Any(r => r.Description is "not yet"));
        await running.UntilStateAsync("dependent", KnownResourceStates.Waiting);
        var waiting = await running.UntilAsync("dependent", _ => true);
        Volatile.Write(ref healthy, true);
        await running.UntilStateAsync("dependent", KnownResourceStates.Running);

        Assert.Equal(KnownResourceStates.Waiting, waiting.State?.Text);
    }

    [Fact]
    public async Task WaitFor_ReadyHandlerRuns_DependentStartsAfterIt()
    {
        var handled = new TaskCompletionSource();
        var builder = RunningApplication.CreateBuilder();
        var dependency = Shell(builder, "dependency", "exec sleep 600").OnResourceReady((_, _, ct) => handled.Task.WaitAsync(ct));
        Shell(builder, "dependent", "exec sleep 600").WaitFor(dependency);
        await using var running = await RunningApplication.StartAsync(builder);

        await running.App.ResourceNotifications.WaitForResourceHealthyAsync("dependency", TestContext.Current.CancellationToken);
        await running.UntilStateAsync("dependent", KnownResourceStates.Waiting);
        var waiting = await running.UntilAsync("dependent", _ => true);
        handled.SetResult();
        await running.UntilStateAsync("dependent", KnownResourceStates.Running);

        Assert.Equal(KnownResourceStates.Waiting, waiting.State?.Text);
    }

    [Fact]
    public async Task WaitForCompletion_DependencyFails_DependentFailsToStart()
    {
        var builder = RunningApplication.CreateBuilder();
        var migration = Shell(builder, "migration", "exit 3");
        Shell(builder, "service", "exec sleep 600").WaitForCompletion(migration);
        await using var running = await RunningApplication.StartAsync(builder);

        await running.UntilStateAsync("service", KnownResourceStates.FailedToStart);

        Assert.Equal("is Exited with exit code 3, expected exit code 0.", await running.LineAsync("service", "'migration' "));
    }

    [Fact]
    public async Task Start_ResourcesWaitForEachOther_IsRefused()
    {
        var builder = RunningApplication.CreateBuilder();
        var first = Shell(builder, "first", "exec sleep 600");
        var second = Shell(builder, "second", "exec sleep 600").WaitFor(first);
        first.WaitFor(second);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => RunningApplication.StartAsync(builder));

        Assert.Contains("first, second", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_ProcessHasChildren_EndsTheWholeTree()
    {
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "parent", "sleep 600 & echo child=$!; (sleep 600 & echo grandchild=$!; wait) & wait");
        await using var running = await RunningApplication.StartAsync(builder);
        var child = int.Parse(await running.LineAsync("parent", "child="), CultureInfo.InvariantCulture);
        var grandchild = int.Parse(await running.LineAsync("parent", "grandchild="), CultureInfo.InvariantCulture);

        await running.CommandAsync("parent", "stop");

        await running.UntilStateAsync("parent", KnownResourceStates.Exited);
        await running.UntilTrueAsync(() => !RunningApplication.IsAlive(child) && !RunningApplication.IsAlive(grandchild));
    }

    [Fact]
    public async Task Process_LeavesAHelperBehind_HelperEndsToo()
    {
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "careless", "sleep 600 & echo helper=$!; exit 1");
        await using var running = await RunningApplication.StartAsync(builder);
        var helper = int.Parse(await running.LineAsync("careless", "helper="), CultureInfo.InvariantCulture);

        await running.UntilStateAsync("careless", KnownResourceStates.Exited);

        await running.UntilTrueAsync(() => !RunningApplication.IsAlive(helper));
    }

    [Fact]
    public async Task StopAsync_OneWaitsForTheOther_DependentEndsFirst()
    {
        var builder = RunningApplication.CreateBuilder();
        var dependency = Shell(builder, "dependency", "exec sleep 600");
        Shell(builder, "dependent", "trap 'sleep 0.2; exit 0' TERM; echo up; sleep 600 & wait").WaitFor(dependency);
        await using var running = await RunningApplication.StartAsync(builder);
        await running.LineAsync("dependent", "up");

        await running.App.StopAsync(CancellationToken.None);

        var dependentEnd = (await running.UntilAsync("dependent", HasEnded)).StopTimeStamp;
        var dependencyEnd = (await running.UntilAsync("dependency", HasEnded)).StopTimeStamp;
        Assert.True(dependentEnd < dependencyEnd, $"{dependentEnd:O} {dependencyEnd:O}");
    }

    [Fact]
    public async Task Restart_EndpointIsDynamic_KeepsItsPort()
    {
        var builder = RunningApplication.CreateBuilder();
        Shell(builder, "service", "echo port=$PORT; exec sleep 600").WithEndpoint(scheme: "tcp", name: "tcp", env: "PORT");
        await using var running = await RunningApplication.StartAsync(builder);
        var port = await running.LineAsync("service", "port=");
        var first = await running.UntilStateAsync("service", KnownResourceStates.Running);

        await running.CommandAsync("service", "restart");
        var second = await running.UntilAsync("service", s => s.State?.Text == KnownResourceStates.Running && Pid(s) != Pid(first));

        Assert.Equal($"tcp://localhost:{port}", Assert.Single(second.Urls).Url);
        Assert.Equal(first.Urls.AsEnumerable(), second.Urls);
    }

    [Fact]
    public async Task Stop_ResourceIsWaiting_EndsTheWait()
    {
        var builder = RunningApplication.CreateBuilder();
        builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy("never"));
        var dependency = Shell(builder, "dependency", "exec sleep 600").WithHealthCheck("never");
        Shell(builder, "dependent", "exec sleep 600").WaitFor(dependency);
        await using var running = await RunningApplication.StartAsync(builder);
        await running.UntilStateAsync("dependent", KnownResourceStates.Waiting);

        await running.CommandAsync("dependent", "stop");

        await running.UntilStateAsync("dependent", KnownResourceStates.Exited);
    }

    private static IResourceBuilder<ExecutableResource> Shell(IDistributedApplicationBuilder builder, string name, string script) =>
        builder.AddExecutable(name, "/bin/sh", "/", "-c", script);

    private static bool HasEnded(CustomResourceSnapshot snapshot) => KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text, StringComparer.Ordinal);

    private static object? Pid(CustomResourceSnapshot snapshot) => snapshot.Properties.FirstOrDefault(p => p.Name is "executable.pid")?.Value;
}
