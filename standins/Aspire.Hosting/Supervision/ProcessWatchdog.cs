using System.Diagnostics;

namespace Aspire.Hosting.Supervision;

/// <summary>
/// A shell that ends the process groups of this application when this process goes without a word (kill -9).
/// It learns of that by the end of its standard input, which only this process holds open: no polling, and no mistake about a reused pid.
/// </summary>
internal sealed class ProcessWatchdog : IDisposable
{
    private const string Script = """
        groups=" "
        while read -r what group; do
          case $what in
            start) groups="$groups$group " ;;
            ended) groups=$(printf '%s' "$groups" | sed "s/ $group / /") ;;
            bye) exit 0 ;;
          esac
        done
        sleep 0.2 # a process that was started a moment ago has no group yet
        for group in $groups; do kill -TERM "-$group" 2>/dev/null; done
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
          alive=0
          for group in $groups; do kill -0 "-$group" 2>/dev/null && alive=1; done
          [ $alive = 0 ] && exit 0
          sleep 0.25
        done
        for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
        """;

    private readonly Lock _lock = new();
    private Process? _shell;

    public void Started(int group) => Tell($"start {group}");

    public void Ended(int group) => Tell($"ended {group}");

    public void Dispose()
    {
        lock (_lock)
        {
            if (_shell is null) return;
            Tell("bye");
            _shell.WaitForExit(TimeSpan.FromSeconds(2));
            _shell.Dispose();
            _shell = null;
        }
    }

    /// <summary>Called before the first process starts, so that none is ever unwatched for long.</summary>
    public void EnsureStarted()
    {
        lock (_lock)
        {
            if (_shell is not null || ProcessGroup.Launcher is not { } setsid) return;
            var start = new ProcessStartInfo(setsid) { UseShellExecute = false, RedirectStandardInput = true, WorkingDirectory = "/" };
            foreach (var argument in (string[])["/bin/sh", "-c", Script, "aspire-watchdog"]) start.ArgumentList.Add(argument);
            _shell = Process.Start(start);
            if (_shell is not null) _shell.StandardInput.AutoFlush = true;
        }
    }

    private void Tell(string line)
    {
        lock (_lock)
        {
            try
            {
                _shell?.StandardInput.WriteLine(line);
            }
            catch (IOException)
            {
                // The shell was killed; the orderly stop does not need it.
            }
        }
    }
}
