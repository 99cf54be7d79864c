using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Pulse.TestInfrastructure.Processes;

/// <summary>A process with all its descendants. Those of Postgres are in sessions of their own, so that no group has them all.</summary>
public static class ProcessTree
{
    private const int NoSuchProcess = 3;

    /// <summary>Stops it where it stands: connections stay open, nothing answers.</summary>
    public static void Freeze(int pid)
    {
        // Parents first: nobody gives birth to another one meanwhile.
        Send(pid, Signal.Stop);
        foreach (var child in ChildrenOf(pid)) Freeze(child);
    }

    public static void Thaw(int pid)
    {
        foreach (var child in ChildrenOf(pid)) Thaw(child);
        Send(pid, Signal.Continue);
    }

    private static void Send(int pid, Signal signal)
    {
        if (Kill(pid, (int)signal) != 0 && Marshal.GetLastPInvokeError() != NoSuchProcess) throw new Win32Exception();
    }

    private static List<int> ChildrenOf(int parent)
    {
        List<int> children = [];
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && ParentOf(folder) == parent) children.Add(pid);
        }

        return children;
    }

    /// <summary>The parent of a process of <c>/proc</c>: <c>1234 (name, spaces and all) S 1200 …</c>; 0 when it has gone meanwhile.</summary>
    internal static int ParentOf(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int pid, int signal);
}
