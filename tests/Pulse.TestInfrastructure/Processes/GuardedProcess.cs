using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Pulse.TestInfrastructure.Processes;

/// <summary>
/// A server that ends with the process that started it, however that one ends: a small shell holds the other end of a
/// pipe and kills the server when the pipe closes. (The kernel's parent-death signal follows the starting thread.)
/// </summary>
internal sealed class GuardedProcess : IAsyncDisposable
{
    /// <summary>Arguments: the server's folder, the signal that asks it to leave, its command.</summary>
    private const string Guard =
        """
        folder=$1 signal=$2
        shift 2
        exec 3<&0
        "$@" 3<&- </dev/null >>"$folder.log" 2>&1 &
        server=$!
        trap '' INT TERM
        (
            read -r _ <&3
            : >"$folder.gone"
            kill -s CONT "$server"
            kill -s "$signal" "$server"
            for _ in 1 2 3 4 5 6 7 8 9 10; do
                kill -0 "$server" || exit
                sleep 0.2
            done
            kill -s KILL "$server"
        ) >/dev/null 2>&1 &
        owner=$!
        echo "$server"
        wait "$server"
        kill -s KILL "$owner" 2>/dev/null
        if [ -e "$folder.gone" ]; then rm -rf "$folder" "$folder.log" "$folder.gone"; fi
        """;

    private readonly Process _guard;
    private readonly int _pid;
    private readonly string _folder;

    private GuardedProcess(Process guard, int pid, string folder) => (_guard, _pid, _folder) = (guard, pid, folder);

    public bool HasExited => _guard.HasExited;

    /// <summary>The last of what the server said.</summary>
    public string LogTail => File.Exists(_folder + ".log") ? string.Join('\n', File.ReadLines(_folder + ".log").TakeLast(20)) : "";

    public static async Task<GuardedProcess> StartAsync(
        string folder, Signal stop, IEnumerable<string> command, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        var start = new ProcessStartInfo("sh", ["-c", Guard, "guard", folder, $"{(int)stop}", .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var guard = Process.Start(start)!;
        var pid = await guard.StandardOutput.ReadLineAsync(ct);
        return new GuardedProcess(guard, int.Parse(pid!, CultureInfo.InvariantCulture), folder);
    }

    public void Send(Signal signal)
    {
        if (Kill(_pid, (int)signal) != 0 && !HasExited) throw new Win32Exception();
    }

    public void Freeze() => ProcessTree.Freeze(_pid);

    public void Thaw() => ProcessTree.Thaw(_pid);

    public Task WaitForExitAsync(CancellationToken ct) => _guard.WaitForExitAsync(ct);

    /// <summary>Ends the server and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
        // The guard of a server that had ended before has removed nothing.
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        File.Delete(_folder + ".log");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int pid, int signal);
}

/// <summary>Numbers as Linux has them.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
