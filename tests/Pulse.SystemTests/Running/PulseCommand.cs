using System.Diagnostics;
using System.Globalization;
using Pulse.TestInfrastructure.Processes;

namespace Pulse.SystemTests.Running;

/// <summary>What a command printed, and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output);

/// <summary>Runs <c>./pulse</c> as a user would, for one copy of Pulse with a data folder and ports of its own.</summary>
internal sealed class PulseCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);
    private readonly IReadOnlyDictionary<string, string> _environment;

    public PulseCommand(IReadOnlyDictionary<string, string> settings)
    {
        // Root keeps data where the user that runs Postgres may go; a Unix socket's path must stay short.
        var parent = Environment.IsPrivilegedProcess ? "/var/lib/pulse" : Path.GetTempPath();
        Data = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"test-{Random.Shared.Next():x8}"));
        GatewayPort = LoopbackPort.Free();
        DashboardPort = LoopbackPort.Free();
        _environment = new Dictionary<string, string>(settings)
        {
            ["PULSE_DATA"] = Data,
            ["PULSE_GATEWAY_PORT"] = GatewayPort.ToString(CultureInfo.InvariantCulture),
            ["PULSE_DASHBOARD_PORT"] = DashboardPort.ToString(CultureInfo.InvariantCulture),
        };
    }

    public string Data { get; }

    public int GatewayPort { get; }

    public int DashboardPort { get; }

    public string ControlSocket => Path.Combine(Data, "control.sock");

    public Task<CommandResult> RunAsync(string arguments, CancellationToken ct) => RunAsync(arguments, new Dictionary<string, string>(), ct);

    public async Task<CommandResult> RunAsync(string arguments, IReadOnlyDictionary<string, string> settings, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        // Through a file: what `up` leaves running would hold a pipe open for ever.
        var output = Path.GetTempFileName();
        var start = new ProcessStartInfo("bash", ["-c", $"exec \"$0\" {arguments} >\"$1\" 2>&1 </dev/null", Path.Combine(LocalTools.Root.FullName, "pulse"), output]);
        foreach (var (name, value) in _environment.Concat(settings)) start.Environment[name] = value;
        // A test run has variables of its own that would lead the services' telemetry and hosts astray.
        foreach (var inherited in (string[])["MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath", "DOTNET_HOST_PATH", "VSTEST_CONNECTION_TIMEOUT"]) start.Environment.Remove(inherited);

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(patience.Token);
        var text = await File.ReadAllTextAsync(output, ct);
        File.Delete(output);
        return new CommandResult(process.ExitCode, text);
    }

    /// <summary>Everything that this copy has started and that still runs.</summary>
    public IReadOnlyList<PulseProcess> Processes() => PulseProcess.Of(Data);

    /// <summary>Runs a command that must succeed.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> MustAsync(string arguments, CancellationToken ct)
    {
        var result = await RunAsync(arguments, ct);
        Assert.True(result.ExitCode == 0, $"./pulse {arguments} ended with {result.ExitCode}:\n{result.Output}");
        return result.Output;
    }
}
