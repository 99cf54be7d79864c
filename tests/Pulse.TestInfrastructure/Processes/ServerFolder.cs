using System.Diagnostics;
using System.Security.Cryptography;

namespace Pulse.TestInfrastructure.Processes;

/// <summary>
/// A folder of its own for one server. Postgres refuses root, so under root servers run as nobody, from a folder that
/// nobody can reach: a checkout below a private home is none.
/// </summary>
internal static class ServerFolder
{
    private const UnixFileMode Traversable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string Nobody = "65534";

    /// <summary>What stands before a server's own command.</summary>
    public static IReadOnlyList<string> RunAs { get; } = Environment.IsPrivilegedProcess
        ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"]
        : [];

    public static string Create(string server)
    {
        var parent = Environment.IsPrivilegedProcess ? "/var/lib/pulse/tests" : Path.Combine(LocalTools.Root.FullName, "artifacts", "tests");
        Directory.CreateDirectory(parent);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(parent, Traversable);
        RemoveLeftOvers(parent);
        var folder = Path.Combine(parent, $"{server}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(12, lowercase: true)}");
        Directory.CreateDirectory(folder);
        if (Environment.IsPrivilegedProcess) Run("/", "chown", [$"{Nobody}:{Nobody}", folder]);
        return folder;
    }

    // A run that was killed while a folder had no server yet, or none any more, could not remove it.
    private static void RemoveLeftOvers(string parent)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(parent))
        {
            if (Path.GetFileName(entry).Split('-') is not [_, var owner, ..] || Directory.Exists($"/proc/{owner}")) continue;
            try
            {
                if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
                else File.Delete(entry);
            }
            catch (IOException)
            {
                // Another run is at it, or the guard.
            }
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public static void Run(string workingDirectory, string file, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{file} failed: {error.GetAwaiter().GetResult()}");
    }
}
