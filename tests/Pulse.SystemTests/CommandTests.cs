using System.Text.Json;

namespace Pulse.SystemTests;

/// <summary><c>./pulse</c> as a user meets it.</summary>
public sealed class CommandTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    public async Task Status_PulseIsUp_EveryResourceIsHealthy()
    {
        var status = JsonElement.Parse(await Pulse.Command.MustAsync("status --json", Ct));

        var resources = status.GetProperty("resources").EnumerateArray().ToDictionary(resource => resource.GetProperty("name").GetString()!);
        foreach (var name in (string[])["postgres", "redis", "bus", "mail", "users", "posts", "timelines", "fanout", "gateway"])
        {
            Assert.Equal("Running", resources[name].GetProperty("state").GetString());
            Assert.Equal("Healthy", resources[name].GetProperty("health").GetString());
            Assert.True(resources[name].GetProperty("pid").GetInt32() > 0);
            Assert.NotEmpty(resources[name].GetProperty("urls").EnumerateArray());
        }

        foreach (var name in (string[])["users-migrations", "posts-migrations", "timelines-migrations"])
        {
            Assert.Equal("Finished", resources[name].GetProperty("state").GetString());
        }
    }

    [Fact]
    public async Task Up_PulseIsUp_SaysSoAndSucceeds() => Assert.Contains("already up", await Pulse.Command.MustAsync("up --detach", Ct), StringComparison.Ordinal);

    [Theory]
    [InlineData("resource nobody stop", "nobody")]
    [InlineData("resource redis jump", "redis knows the commands")]
    [InlineData("resource redis rebuild", "Command 'rebuild' not available for resource 'redis'")]
    [InlineData("logs nobody", "nobody")]
    [InlineData("logs nobody -f", "nobody")]
    [InlineData("dlq show nobody", "There is no queue named nobody")]
    [InlineData("dlq replay nobody", "There is no queue named nobody")]
    [InlineData("dlq forget fanout", "usage: ./pulse dlq")]
    [InlineData("timelines forget", "usage: ./pulse timelines rebuild")]
    [InlineData("keys forget", "usage: ./pulse keys rotate")]
    [InlineData("fly", "fly")]
    public async Task AnyCommand_WrongArguments_OneClearLineAndFailure(string arguments, string named)
    {
        var result = await Pulse.Command.RunAsync(arguments, Ct);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(named, Assert.Single(result.Output.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_GatewayPortIsTaken_SaysSoAndLeavesNothing()
    {
        var second = new PulseCommand(new Dictionary<string, string> { ["PULSE_GATEWAY_PORT"] = $"{Pulse.Command.GatewayPort}" });
        var ports = new Dictionary<string, string> { ["PULSE_GATEWAY_PORT"] = $"{Pulse.Command.GatewayPort}" };

        var result = await second.RunAsync("up --detach", ports, Ct);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"port {Pulse.Command.GatewayPort} is in use", result.Output, StringComparison.Ordinal);
        Assert.Empty(second.Processes());
        await second.MustAsync("down --clean", Ct);
    }

    [Theory]
    [InlineData("PULSE_REPLICAS__poets", "2", "PULSE_REPLICAS__poets names no service; those are users, posts, timelines, fanout, gateway")]
    [InlineData("PULSE_REPLICAS__posts", "many", "PULSE_REPLICAS__posts is \"many\", expected a number of processes from 1 to 8")]
    public async Task Up_ReplicasAreWrong_SaysSoAndLeavesNothing(string variable, string value, string named)
    {
        var second = new PulseCommand(new Dictionary<string, string> { [variable] = value });

        var result = await second.RunAsync("up --detach", Ct);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(named, result.Output.Trim().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Empty(second.Processes());
        await second.MustAsync("down --clean", Ct);
    }

    [Fact]
    public async Task Up_DatabaseDoesNotStart_SaysSoAndLeavesNothing()
    {
        var second = new PulseCommand(new Dictionary<string, string>());
        var cluster = Directory.CreateDirectory(Path.Combine(second.Data, "postgres")).FullName;
        await File.WriteAllTextAsync(Path.Combine(second.Data, ".pulse-data"), "", Ct);
        await File.WriteAllTextAsync(Path.Combine(cluster, "PG_VERSION"), "9\n", Ct);

        var result = await second.RunAsync("up --detach", Ct);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("postgres", result.Output.Trim().Split('\n')[^1], StringComparison.Ordinal);
        Assert.Empty(second.Processes());
        await second.MustAsync("down --clean", Ct);
    }
}
