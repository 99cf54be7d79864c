using Pulse.AppHost.Topology;

namespace Pulse.AppHost.Tests.Topology;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ContainerEngineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pulse-engine-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("exit 0", null)]
    [InlineData("echo 'Cannot connect to the daemon.' >&2; echo 'Is it running?' >&2; exit 1", "does not answer (Cannot connect to the daemon.)")]
    [InlineData("exit 125", "does not answer (exit code 125)")]
    public async Task Ask_Engine_TellsWhetherItAnswers(string script, string? expected) =>
        Assert.Equal(expected, await ContainerEngine.AskAsync(Engine(script), Patience, TestContext.Current.CancellationToken));

    [Fact]
    public async Task Ask_Engine_IsAskedForItsContainers()
    {
        var asked = Path.Combine(_folder.FullName, "asked");

        await ContainerEngine.AskAsync(Engine($"echo \"$@\" >'{asked}'"), Patience, TestContext.Current.CancellationToken);

        Assert.Equal("container ls --last 1 --quiet\n", await File.ReadAllTextAsync(asked, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Ask_EngineHangs_IsLeftAndEnded()
    {
        var pid = Path.Combine(_folder.FullName, "pid");
        var engine = Engine($"echo $$ >'{pid}.new'; mv '{pid}.new' '{pid}'; exec sleep 600");

        var why = await ContainerEngine.AskAsync(engine, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        Assert.Equal("does not answer within 1 s", why);
        // Not written: it was ended before it began.
        if (File.Exists(pid)) await UntilGoneAsync(int.Parse(await File.ReadAllTextAsync(pid, TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Ask_NoSuchCommand_IsNotInstalled() =>
        Assert.Equal("is not installed", await ContainerEngine.AskAsync(Path.Combine(_folder.FullName, "docker"), Patience, TestContext.Current.CancellationToken));

    private string Engine(string script)
    {
        var path = Path.Combine(_folder.FullName, "engine");
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static async Task UntilGoneAsync(int pid)
    {
        while (RunningApplication.IsAlive(pid)) await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
    }
}
