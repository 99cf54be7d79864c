using System.Runtime.InteropServices;

namespace Aspire.Hosting.Supervision;

/// <summary>A process started through `setsid` leads a group of its own, whose id is its pid: a terminal's Ctrl-C misses it, a signal to the group meets its children too.</summary>
internal static class ProcessGroup
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;

    public static string? Launcher { get; } = OperatingSystem.IsWindows() ? null : LaunchPlanner.TryFindCommand("setsid");

    /// <summary>False while the group does not exist: not yet, or not any more.</summary>
    public static bool Terminate(int group) => Signal(-group, Sigterm) == 0;

    public static void Kill(int group) => _ = Signal(-group, Sigkill);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int pid, int signal);
}
