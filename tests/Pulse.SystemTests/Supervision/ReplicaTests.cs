using Pulse.SystemTests.Drills;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Supervision;

/// <summary>Two processes of a service behind its one address.</summary>
[Collection<SecondPulseCollection>]
public sealed class ReplicaTests(SecondPulse second, ITestOutputHelper output) : DrillTest(second, output)
{
    [Fact]
    [Trait("Invariant", "19")]
    public async Task Replicas_OneOfEachIsKilled_LosesNothingAndItComesBack()
    {
        await Pulse.UpAsync(Ct);
        var (posts, fanout) = (await Pulse.ProcessesAsync("posts", Ct), await Pulse.ProcessesAsync("fanout", Ct));
        Assert.Equal((2, 2), (posts.Count, fanout.Count));
        using var crowd = await DrillCrowd.GatherAsync(Pulse, authors: 2, followers: 3, Ct);
        crowd.Start();

        await KillAsync(posts[0], crowd, 20);
        await KillAsync(fanout[0]);
        await crowd.AnsweredAsync(20, Ct);
        var (status, killed) = (await Pulse.Command.RunAsync("status", Ct), await Pulse.StatusAsync(posts[0], Ct));
        await Pulse.ResourceAsync(posts[0], "start", Ct);
        await Pulse.ResourceAsync(fanout[0], "start", Ct);
        await AccountAsync("one of two posts and one of two fanout killed", crowd);

        Assert.Equal(1, status.ExitCode);
        Assert.Contains($"{posts[0]} exited with code 137; ./pulse resource {posts[0]} start starts it again", status.Output, StringComparison.Ordinal);
        Assert.Contains($"not healthy: {posts[0]}, {fanout[0]}", status.Output, StringComparison.Ordinal);
        Assert.Equal(137, killed.GetProperty("exit_code").GetInt32());
        foreach (var process in posts.Concat(fanout)) Assert.Equal("Healthy", (await Pulse.StatusAsync(process, Ct)).GetProperty("health").GetString());
        Assert.NotEqual("", await WorkedAsync(fanout[0]));
        Assert.NotEqual("", await WorkedAsync(fanout[1]));

        // The name of the service means all of them.
        var before = await PidsAsync(posts);
        await Pulse.ResourceAsync("posts", "restart", Ct);
        Assert.Empty(before.Intersect(await PidsAsync(posts)));
        var logs = await Pulse.Command.MustAsync("logs posts", Ct);
        foreach (var process in posts) Assert.Contains($"{process} | ", logs, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<int>> PidsAsync(IEnumerable<string> processes)
    {
        List<int> pids = [];
        foreach (var process in processes) pids.Add((await Pulse.StatusAsync(process, Ct)).GetProperty("pid").GetInt32());
        return pids;
    }

    private Task<string> WorkedAsync(string process) => Pulse.LogAsync(process, Ct);
}

[CollectionDefinition]
public sealed class SecondPulseCollection : ICollectionFixture<SecondPulse>;
