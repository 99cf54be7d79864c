using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// What one process wrote: a ring of lines and a file that starts anew when it is full. Those who watch hold a place in the ring and no lines,
/// so a slow one costs nothing and holds nobody up; it is told how many lines it missed.
/// </summary>
internal sealed class ResourceLog(string name, string? directory, TimeProvider clock) : IDisposable
{
    private const long MaxFileBytes = 16 * 1024 * 1024;
    private const int LinesAtOnce = 500;

    // A message of gRPC may have 16 MB, and a character up to three bytes.
    private const int CharactersAtOnce = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly LineRing _ring = new();
    private TaskCompletionSource? _more;
    private StreamWriter? _file;
    private bool _ended;

    public void Write(string text, bool isError)
    {
        var stamped = Stamp(text);
        lock (_lock)
        {
            _ring.Add(stamped, isError);
            WriteToFile(stamped);
            _more?.SetResult();
            _more = null;
        }
    }

    /// <summary>What is kept, and with <paramref name="follow"/> what comes, until the application ends.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(bool follow, [EnumeratorCancellation] CancellationToken ct)
    {
        var next = 0;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            List<LogLine> batch;
            var more = Task.CompletedTask;
            lock (_lock)
            {
                batch = Take(ref next);
                if (batch.Count == 0)
                {
                    if (_ended || !follow) yield break;
                    more = (_more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }
            }

            if (batch.Count > 0) yield return batch;
            await more.WaitAsync(ct);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            _more?.SetResult();
            _more = null;
            _file?.Dispose();
            _file = StreamWriter.Null;
        }
    }

    private List<LogLine> Take(ref int next)
    {
        if (next == 0) next = _ring.OldestNumber;
        var missed = _ring.OldestNumber - next;
        next = Math.Max(next, _ring.OldestNumber);
        var batch = _ring.Read(next, LinesAtOnce, CharactersAtOnce);
        if (missed > 0) batch.Insert(0, new LogLine(next - 1, Stamp($"[sys] {missed} lines are missing here: they came faster than they were read"), IsErrorMessage: true));
        next = batch.Count > 0 ? batch[^1].LineNumber + 1 : next;
        return batch;
    }

    private string Stamp(string text) => clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture) + text;

    private void WriteToFile(string line)
    {
        if (directory is null) return;
        if (_file is null)
        {
            Directory.CreateDirectory(directory);
            _file = new StreamWriter(Create(Path.Combine(directory, name + ".log"))) { AutoFlush = true };
        }

        if (_file != StreamWriter.Null && _file.BaseStream.Length > MaxFileBytes) _file.BaseStream.SetLength(0);
        _file.WriteLine(line);
    }

    // The owner's alone: the dashboard writes its token.
    private static FileStream Create(string path)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
