using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>The newest lines that each resource wrote, and those still to come.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the lines are kept as files too; null keeps them in memory only.</summary>
    internal string? Directory { get; init; }

    public ILogger GetLogger(IResource resource) => new ResourceLogger(LogOf(resource.Name));

    public ILogger GetLogger(string resourceName) => new ResourceLogger(LogOf(resourceName));

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.Name);

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await ValueTask.CompletedTask;
        yield return LogOf(resourceName).Lines;
    }

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => LogOf(resourceName).WatchAsync(CancellationToken.None);

    public void Dispose()
    {
        foreach (var log in _logs.Values) log.Dispose();
        GC.SuppressFinalize(this);
    }

    internal ResourceLog LogOf(string resourceNameOrId) => _logs.GetOrAdd(ResourceInstance.NameOf(resourceNameOrId), name => new ResourceLog(name, Directory, Clock));

    private sealed class ResourceLogger(ResourceLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            log.Write(formatter(state, exception), logLevel >= LogLevel.Error);
            if (exception is not null) log.Write(exception.ToString(), isError: true);
        }
    }
}

/// <summary>A bounded ring of lines, a file that starts anew when it is full, and the watchers of one resource.</summary>
internal sealed class ResourceLog(string name, string? directory, TimeProvider clock) : IDisposable
{
    private const int KeptLines = 5_000;
    private const long MaxFileBytes = 16 * 1024 * 1024;
    private const int WatcherBacklog = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _ring = new();
    private readonly List<ChannelWriter<LogLine>> _watchers = [];
    private StreamWriter? _file;
    private int _lineNumber;

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_lock) return [.. _ring];
        }
    }

    public void Write(string text, bool isError)
    {
        var stamped = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture) + text;
        lock (_lock)
        {
            var line = new LogLine(++_lineNumber, stamped, isError);
            if (_ring.Count == KeptLines) _ring.Dequeue();
            _ring.Enqueue(line);
            foreach (var watcher in _watchers) watcher.TryWrite(line);
            WriteToFile(stamped);
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(WatcherBacklog) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            foreach (var line in _ring) channel.Writer.TryWrite(line);
            _watchers.Add(channel.Writer);
        }

        try
        {
            while (await channel.Reader.WaitToReadAsync(ct))
            {
                List<LogLine> batch = [];
                while (batch.Count < 500 && channel.Reader.TryRead(out var line)) batch.Add(line);
                yield return batch;
            }
        }
        finally
        {
            lock (_lock) _watchers.Remove(channel.Writer);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers) watcher.TryComplete();
            _file?.Dispose();
            _file = StreamWriter.Null;
        }
    }

    private void WriteToFile(string line)
    {
        if (directory is null) return;
        if (_file is null)
        {
            Directory.CreateDirectory(directory);
            _file = new StreamWriter(Path.Combine(directory, name + ".log"), append: false) { AutoFlush = true };
        }

        if (_file != StreamWriter.Null && _file.BaseStream.Length > MaxFileBytes) _file.BaseStream.SetLength(0);
        _file.WriteLine(line);
    }
}
