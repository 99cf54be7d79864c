using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Pulse.TestInfrastructure.Processes;

namespace Pulse.SystemTests.Running;

/// <summary>A process of one running copy of Pulse, as the kernel knows it.</summary>
internal sealed record PulseProcess(int Id, int Parent, string Name, string? Folder, IReadOnlyDictionary<string, string> Environment)
{
    private static readonly string[] CacheServers = ["redis-server", "valkey-server"];

    private const string Listening = "0A";

    /// <summary>
    /// Whatever became of parents and groups: all that one AppHost starts carries its data folder in its environment. Redis writes its title over
    /// that, so what such a process has started counts as well, and a Redis whose parent is gone if it runs in that folder.
    /// </summary>
    public static IReadOnlyList<PulseProcess> Of(string data)
    {
        var all = Process.GetProcesses().Select(Read).OfType<PulseProcess>().ToList();
        var own = all.Where(process => process.Environment.GetValueOrDefault("PULSE_RUN") == data || (process.Folder == data && CacheServers.Contains(process.Name))).Select(process => process.Id).ToHashSet();
        while (all.Where(process => own.Contains(process.Parent) && !own.Contains(process.Id)).Select(process => process.Id).ToList() is { Count: > 0 } children)
        {
            own.UnionWith(children);
        }

        return [.. all.Where(process => own.Contains(process.Id))];
    }

    /// <summary>The TCP addresses on which it takes connections.</summary>
    public IReadOnlyList<IPEndPoint> Listeners()
    {
        var own = Directory.EnumerateFiles($"/proc/{Id}/fd").Select(file => new FileInfo(file).LinkTarget).ToHashSet();
        return
        [
            .. from table in (string[])["tcp", "tcp6"]
               from line in File.ReadLines($"/proc/{Id}/net/{table}").Skip(1)
               let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where columns[3] == Listening && own.Contains($"socket:[{columns[9]}]")
               select ParseEndPoint(columns[1]),
        ];
    }

    /// <returns>Null when it ended while we looked, or is somebody else's.</returns>
    private static PulseProcess? Read(Process process)
    {
        using (process)
        {
            try
            {
                var folder = $"/proc/{process.Id}";
                Dictionary<string, string> environment = [];
                foreach (var variable in File.ReadAllText($"{folder}/environ").Split('\0'))
                {
                    if (variable.Split('=', 2) is [var name, var value]) environment[name] = value;
                }

                return new PulseProcess(process.Id, ProcessTree.ParentOf(folder), process.ProcessName, new FileInfo($"{folder}/cwd").LinkTarget, environment);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                return null;
            }
        }
    }

    /// <summary><c>0100007F:1F90</c>: the address as 32-bit words in the order of this machine, then the port.</summary>
    private static IPEndPoint ParseEndPoint(string text)
    {
        var (address, port) = (text.Split(':')[0], text.Split(':')[1]);
        var words = address.Chunk(8).Select(word => uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
        return new IPEndPoint(new IPAddress(MemoryMarshal.AsBytes(words.AsSpan())), int.Parse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
