using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Supervision;

/// <summary>One operating-system process with its group, its captured output and its end.</summary>
internal sealed class SupervisedProcess
{
    private static readonly TimeSpan OutputAfterExit = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly TimeProvider _clock;
    private readonly ProcessWatchdog _watchdog;

    private SupervisedProcess(Process process, Action<string, bool> write, ProcessWatchdog watchdog, TimeProvider clock)
    {
        _process = process;
        _clock = clock;
        _watchdog = watchdog;
        Pid = process.Id;
        process.StandardInput.Close();
        Exited = WaitForExitAsync(OutputLines.ReadAsync(process.StandardOutput, line => write(line, false)), OutputLines.ReadAsync(process.StandardError, line => write(line, true)));
    }

    public int Pid { get; }

    /// <summary>The exit code; 128 and the signal's number for a process that a signal ended.</summary>
    public Task<int> Exited { get; }

    /// <summary>Starts it; <paramref name="write"/> takes each line of its output, and true for one of standard error.</summary>
    public static SupervisedProcess Start(LaunchPlan plan, Action<string, bool> write, ProcessWatchdog watchdog, TimeProvider clock)
    {
        watchdog.EnsureStarted();
        var start = new ProcessStartInfo(ProcessGroup.Launcher ?? plan.FileName)
        {
            UseShellExecute = false,
            WorkingDirectory = plan.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (ProcessGroup.Launcher is not null) start.ArgumentList.Add(plan.FileName);
        foreach (var argument in plan.Arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(IsOwn).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in plan.Environment) start.Environment[name] = value;

        var process = Process.Start(start) ?? throw new DistributedApplicationException($"{plan.FileName} did not start.");
        watchdog.Started(process.Id);
        return new SupervisedProcess(process, write, watchdog, clock);
    }

    /// <summary>SIGTERM to the whole group, then SIGKILL to whatever is left of the tree.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken ct)
    {
        if (ProcessGroup.Launcher is null)
        {
            _process.Kill(entireProcessTree: true);
            await Exited;
            return;
        }

        // In its first moments the process is `setsid`, which has not made the group yet.
        while (!ProcessGroup.Terminate(Pid) && !Exited.IsCompleted) await Task.WhenAny(Exited, Task.Delay(TimeSpan.FromMilliseconds(2), _clock, CancellationToken.None));
        try
        {
            await Exited.WaitAsync(grace, _clock, ct);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            ProcessGroup.Kill(Pid);
            await Exited;
        }
    }

    // What this process got from `dotnet run` or from its own telemetry is not meant for its children.
    private static bool IsOwn(string name) =>
        name is "ASPNETCORE_URLS" or "DOTNET_LAUNCH_PROFILE"
        || name.StartsWith("OTEL_", StringComparison.Ordinal)
        || name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase);

    private async Task<int> WaitForExitAsync(Task output, Task errors)
    {
        await _process.WaitForExitAsync();
        var code = _process.ExitCode;
        // Helpers that the process left behind are part of the resource: they go with it.
        if (ProcessGroup.Launcher is not null) ProcessGroup.Kill(Pid);
        _watchdog.Ended(Pid);
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(OutputAfterExit, _clock));
        return code;
    }
}
