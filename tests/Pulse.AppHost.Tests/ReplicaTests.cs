using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Pulse.AppHost.Tests;

public sealed class ReplicaTests(SampleProject sample) : IClassFixture<SampleProject>
{
    private const string Name = "sample";

    [Fact]
    public async Task WithReplicas_Two_EachIsAProcessOfItsOwnBehindOneAddress()
    {
        var builder = RunningApplication.CreateBuilder();
        sample.AddTo(builder, Name, replicas: 2);
        await using var running = await RunningApplication.StartAsync(builder);

        var replicas = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        Assert.Equal(2, replicas.Select(replica => Pid(replica.Snapshot)).Distinct().Count());
        var url = Assert.Single(replicas.Select(replica => Assert.Single(replica.Snapshot.Urls).Url).Distinct());
        foreach (var replica in replicas) Assert.Equal($"{Name}-{await running.LineAsync(replica.ResourceId, "instance=")}", replica.ResourceId);
        List<string> answers = [];
        for (var turn = 0; turn < 4; turn++) answers.Add($"{Name}-{await SampleProject.AskAsync(url, "who")}");
        // In turn, beginning with either.
        Assert.Equal(replicas.Select(replica => replica.ResourceId).Order(StringComparer.Ordinal), answers[..2].Order(StringComparer.Ordinal));
        Assert.Equal(answers[..2], answers[2..]);
    }

    [Fact]
    public async Task Proxy_CallerEndsItsSide_StillGetsTheAnswer()
    {
        const int Bytes = 5_000_000;
        var builder = RunningApplication.CreateBuilder();
        sample.AddTo(builder, Name, replicas: 2);
        await using var running = await RunningApplication.StartAsync(builder);
        var replicas = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        using var connection = await SampleConnection.OpenAsync(Url(replicas), "count");
        await connection.SendAsync(new byte[Bytes]);
        connection.EndSending();

        Assert.Equal($"{Bytes}", await connection.ReadLineAsync());
        Assert.Null(await connection.ReadLineAsync());
    }

    [Fact]
    public async Task Replica_Killed_IsExitedWhileTheOtherServesAndComesBack()
    {
        var builder = RunningApplication.CreateBuilder();
        sample.AddTo(builder, Name, replicas: 2);
        await using var running = await RunningApplication.StartAsync(builder);
        var replicas = await running.UntilReplicasAsync(Name, 2, IsHealthy);
        using var held = await SampleConnection.OpenAsync(Url(replicas), "hold");
        var victim = $"{Name}-{await held.ReadLineAsync()}";
        var survivor = replicas.Single(replica => replica.ResourceId != victim).ResourceId;

        Kill(replicas.Single(replica => replica.ResourceId == victim));
        var ended = await running.UntilAsync(victim, s => s.State?.Text == KnownResourceStates.Exited);

        Assert.Equal((137, KnownResourceStateStyles.Error), (ended.ExitCode, ended.State?.Style));
        Assert.Equal("exited with code 137 (SIGKILL)", await running.LineAsync(victim, "[sys] "));
        // Its sockets are closed by the kernel, and callers see just that.
        Assert.Null(await held.ReadLineAsync());
        for (var turn = 0; turn < 3; turn++) Assert.Equal(survivor, $"{Name}-{await SampleProject.AskAsync(Url(replicas), "who")}");
        Assert.Equal(HealthStatus.Healthy, (await running.UntilAsync(survivor, _ => true)).HealthStatus);

        await running.CommandAsync(victim, "start");
        await running.UntilReplicasAsync(Name, 2, IsHealthy);

        var answers = new HashSet<string?>();
        for (var turn = 0; turn < 2; turn++) answers.Add($"{Name}-{await SampleProject.AskAsync(Url(replicas), "who")}");
        Assert.Equal(2, answers.Count);
    }

    [Fact]
    public async Task Proxy_NoReplicaRuns_BreaksTheConnection()
    {
        var builder = RunningApplication.CreateBuilder();
        var resource = sample.AddTo(builder, Name, replicas: 2).Resource;
        await using var running = await RunningApplication.StartAsync(builder);
        var replicas = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        await running.CommandAsync(resource, "stop");
        await running.UntilReplicasAsync(Name, 2, s => s.State?.Text == KnownResourceStates.Exited);

        // While it connects, sends or reads: whatever it does when the reset comes.
        var broken = await Record.ExceptionAsync(() => SampleProject.AskAsync(Url(replicas), "who"));
        Assert.True(broken is IOException or SocketException, $"{broken}");
    }

    [Fact]
    public async Task WaitFor_OneReplicaIsNotHealthy_WaitsForIt()
    {
        var sickness = Path.Combine(sample.Folder, "sick");
        var builder = RunningApplication.CreateBuilder();
        var dependency = sample.AddTo(builder, Name, replicas: 2).WithEnvironment("SICKNESS", sickness);
        builder.AddExecutable("dependent", "/bin/sh", "/", "-c", "exec sleep 600").WaitFor(dependency);
        await using var running = await RunningApplication.StartAsync(builder);

        // Each is asked on its own port: one is well, and the other is not.
        await running.UntilAsync(Name, IsHealthy);
        await running.UntilAsync(Name, s => s.HealthStatus == HealthStatus.Unhealthy && s.HealthReports.Any(report => report.Description?.Contains("503", StringComparison.Ordinal) == true));
        var waiting = await running.UntilAsync("dependent", _ => true);
        File.Delete(sickness);
        await running.UntilStateAsync("dependent", KnownResourceStates.Running);

        Assert.Equal(KnownResourceStates.Waiting, waiting.State?.Text);
    }

    [Fact]
    public async Task Command_ForOneReplica_LeavesTheOtherAlone()
    {
        var builder = RunningApplication.CreateBuilder();
        var resource = sample.AddTo(builder, Name, replicas: 2).Resource;
        await using var running = await RunningApplication.StartAsync(builder);
        var first = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        await running.CommandAsync(first[0].ResourceId, "restart");
        var second = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        Assert.NotEqual(Pid(first[0].Snapshot), Pid(second[0].Snapshot));
        Assert.Equal(Pid(first[1].Snapshot), Pid(second[1].Snapshot));

        await running.CommandAsync(resource, "resource-restart");
        var third = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        Assert.Empty(second.Select(replica => Pid(replica.Snapshot)).Intersect(third.Select(replica => Pid(replica.Snapshot))));
    }

    [Fact]
    public async Task Events_OfAResourceWithReplicas_ComeOnce()
    {
        var (starts, ready) = (0, 0);
        var builder = RunningApplication.CreateBuilder();
        sample.AddTo(builder, Name, replicas: 2)
            .OnBeforeResourceStarted((_, _, _) => Task.FromResult(Interlocked.Increment(ref starts)))
            .OnResourceReady((_, _, _) => Task.FromResult(Interlocked.Increment(ref ready)));
        await using var running = await RunningApplication.StartAsync(builder);

        await running.UntilReplicasAsync(Name, 2, s => s.ResourceReadyEvent is not null);

        Assert.Equal((1, 1), (starts, ready));
    }

    [Fact]
    public async Task Logger_OfAResourceWithReplicas_WritesToEachLog()
    {
        var builder = RunningApplication.CreateBuilder();
        var resource = sample.AddTo(builder, Name, replicas: 2).Resource;
        await using var running = await RunningApplication.StartAsync(builder);
        var replicas = await running.UntilReplicasAsync(Name, 2, IsHealthy);

        running.Say(resource, "to all of you");

        foreach (var replica in replicas) Assert.Equal("all of you", await running.LineAsync(replica.ResourceId, "to "));
    }

    [Theory]
    [InlineData(false, null, "proxy-less endpoint 'http'")]
    [InlineData(true, 8080, "each replica needs its own")]
    public async Task Start_EndpointIsFixed_IsRefused(bool isProxied, int? targetPort, string why)
    {
        var builder = RunningApplication.CreateBuilder();
        sample.AddTo(builder, Name, replicas: 2).WithEndpoint("http", endpoint => (endpoint.IsProxied, endpoint.TargetPort) = (isProxied, targetPort));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningApplication.StartAsync(builder));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private static bool IsHealthy(CustomResourceSnapshot snapshot) => snapshot.HealthStatus == HealthStatus.Healthy;

    private static string Url(IReadOnlyList<ResourceEvent> replicas) => replicas[0].Snapshot.Urls[0].Url;

    private static int Pid(CustomResourceSnapshot snapshot) => (int)snapshot.Properties.First(p => p.Name is "executable.pid").Value!;

    private static void Kill(ResourceEvent replica)
    {
        using var process = Process.GetProcessById(Pid(replica.Snapshot));
        process.Kill();
    }
}
