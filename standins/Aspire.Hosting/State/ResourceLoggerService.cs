using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>The newest lines that each process of each resource wrote, and those still to come.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the lines are kept as files too; null keeps them in memory only.</summary>
    internal string? Directory { get; init; }

    /// <summary>By which a name means all processes of the resource.</summary>
    internal IResourceCollection Resources { get; init; } = new ResourceCollection();

    public ILogger GetLogger(IResource resource) => new ResourceLogger(LogsOf(resource));

    public ILogger GetLogger(string resourceName) => new ResourceLogger(LogsOf(resourceName));

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => WatchAsync(LogsOf(resource), follow: false);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => WatchAsync(LogsOf(resourceName), follow: false);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(LogsOf(resource), follow: true);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => WatchAsync(LogsOf(resourceName), follow: true);

    public void Dispose()
    {
        foreach (var log in _logs.Values) log.Dispose();
        GC.SuppressFinalize(this);
    }

    internal ResourceLog LogOf(ResourceInstance process) => LogOf(process.Id, process.LogName);

    /// <summary>The log that is kept under the id of a process.</summary>
    internal ResourceLog LogOf(string resourceId) =>
        Resources.SelectMany(ResourceInstance.AllOf).FirstOrDefault(process => string.Equals(process.Id, resourceId, StringComparison.OrdinalIgnoreCase)) is { } found
            ? LogOf(found)
            : LogOf(resourceId, resourceId);

    private ResourceLog LogOf(string id, string fileName) => _logs.GetOrAdd(id, _ => new ResourceLog(fileName, Directory, Clock));

    private ResourceLog[] LogsOf(IResource resource) =>
        ResourceInstance.AllOf(resource) is { Count: > 0 } processes ? [.. processes.Select(LogOf)] : [LogOf(resource.Name, resource.Name)];

    private ResourceLog[] LogsOf(string nameOrId) =>
        Resources.FirstOrDefault(resource => string.Equals(resource.Name, nameOrId, StringComparison.OrdinalIgnoreCase)) is { } resource ? LogsOf(resource) : [LogOf(nameOrId)];

    private static async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(ResourceLog[] logs, bool follow, [EnumeratorCancellation] CancellationToken ct = default)
    {
        if (logs is [var only])
        {
            await foreach (var batch in only.WatchAsync(follow, ct)) yield return batch;
            yield break;
        }

        // One batch of each waits for the reader, the rest stays in the rings.
        var batches = Channel.CreateBounded<IReadOnlyList<LogLine>>(1);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = Task.WhenAll(logs.Select(log => PassOnAsync(log, follow, batches.Writer, done.Token)));
        _ = watching.ContinueWith(all => batches.Writer.TryComplete(all.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(ct)) yield return batch;
        }
        finally
        {
            await done.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task PassOnAsync(ResourceLog log, bool follow, ChannelWriter<IReadOnlyList<LogLine>> batches, CancellationToken ct)
    {
        await foreach (var batch in log.WatchAsync(follow, ct)) await batches.WriteAsync(batch, ct);
    }

    private sealed class ResourceLogger(ResourceLog[] logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            foreach (var log in logs)
            {
                log.Write(formatter(state, exception), logLevel >= LogLevel.Error);
                if (exception is not null) log.Write(exception.ToString(), isError: true);
            }
        }
    }
}
