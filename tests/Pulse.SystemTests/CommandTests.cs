using System.Diagnostics;
using System.Net.Sockets;
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
        foreach (var name in (string[])["postgres", "redis", "bus", "users", "posts", "timelines", "fanout", "gateway"])
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
    [InlineData("resource redis jump", "start|stop|restart")]
    [InlineData("logs nobody", "nobody")]
    [InlineData("dlq show nobody", "There is no queue named nobody")]
    [InlineData("dlq replay nobody", "There is no queue named nobody")]
    [InlineData("dlq forget fanout", "usage: ./pulse dlq")]
    [InlineData("timelines forget", "usage: ./pulse timelines rebuild")]
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
        Assert.Empty(ProcessesOf(second.Data));
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
        Assert.Empty(ProcessesOf(second.Data));
        await second.MustAsync("down --clean", Ct);
    }

    [Fact]
    public async Task UpAndDown_BesideARunningPulse_LeavesNoProcessAndNoPort()
    {
        var second = new PulseCommand(new Dictionary<string, string>());
        try
        {
            await second.MustAsync("up --detach", Ct);
            await second.MustAsync("status", Ct);
            Assert.NotEmpty(ProcessesOf(second.Data));
        }
        finally
        {
            await second.MustAsync("down --clean", CancellationToken.None);
        }

        Assert.Empty(ProcessesOf(second.Data));
        Assert.False(await AnswersAsync(second.GatewayPort));
        Assert.False(await AnswersAsync(second.DashboardPort));
        Assert.False(Directory.Exists(second.Data));
        await Pulse.Command.MustAsync("status", Ct);
    }

    /// <summary>Whatever became of parents and groups: all that one AppHost starts carries its data folder in its environment.</summary>
    private static List<int> ProcessesOf(string data)
    {
        List<int> found = [];
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    var environment = File.ReadAllText($"/proc/{process.Id}/environ").Split('\0');
                    if (environment.Contains($"PULSE_RUN={data}")) found.Add(process.Id);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // It ended while we looked, or it is somebody else's.
                }
            }
        }

        return found;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
