using System.Text;

namespace Pulse.AppHost.Control;

internal static class ResourceLogs
{
    // 2026-01-01T00:00:00.000Z The line
    private const int TimeLength = 24;

    // What the supervisor itself says of the process: that it exited is no reason why.
    private const string FromSupervisor = "[sys] ";

    public static async Task<IReadOnlyList<LogLine>> ReadAsync(this ResourceLoggerService logs, string resourceId)
    {
        List<LogLine> lines = [];
        await foreach (var batch in logs.GetAllAsync(resourceId)) lines.AddRange(batch);
        return lines;
    }

    /// <summary>The last lines of one process; of several those of all in the order of their times, each with the id of its process before it.</summary>
    public static async Task<string> TextAsync(this ResourceLoggerService logs, IReadOnlyList<string> resourceIds, int tail)
    {
        List<(string Time, string Text)> lines = [];
        foreach (var id in resourceIds)
            lines.AddRange((await logs.ReadAsync(id)).Select(line => (line.Content[..Math.Min(TimeLength, line.Content.Length)], Prefix(id, resourceIds) + line.Content)));
        // Stable: lines of one millisecond keep their order. Those of one process are in order, whatever the clock does.
        var ordered = resourceIds is [_] ? lines : [.. lines.OrderBy(line => line.Time, StringComparer.Ordinal)];
        return string.Concat(ordered.TakeLast(tail).Select(line => line.Text + "\n"));
    }

    /// <summary>The same and what comes, until the application or the caller ends. A caller who reads slowly is told how many lines it missed.</summary>
    public static async Task FollowAsync(this ResourceLoggerService logs, IReadOnlyList<string> resourceIds, int tail, Stream output, CancellationToken ct)
    {
        using var turn = new SemaphoreSlim(1, 1);
        await Task.WhenAll(resourceIds.Select(FollowOneAsync));

        async Task FollowOneAsync(string id)
        {
            var from = (await logs.ReadAsync(id)).TakeLast(tail).FirstOrDefault().LineNumber;
            await foreach (var batch in logs.WatchAsync(id).WithCancellation(ct))
            {
                var text = string.Concat(batch.Where(line => line.LineNumber >= from).Select(line => Prefix(id, resourceIds) + line.Content + "\n"));
                await turn.WaitAsync(ct);
                try
                {
                    await output.WriteAsync(Encoding.UTF8.GetBytes(text), ct);
                    await output.FlushAsync(ct);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
    }

    /// <summary>The newest line that says why a process ended: an error line before a plain one, a message before its stack frames.</summary>
    public static async Task<string?> LastWordsAsync(this ResourceLoggerService logs, string resourceId)
    {
        var lines = await logs.ReadAsync(resourceId);
        var said = lines.Select(line => (Text: WithoutTime(line.Content).Trim(), line.IsErrorMessage)).Where(line => line.Text.Length > 0 && !line.Text.StartsWith("at ", StringComparison.Ordinal) && !line.Text.StartsWith("---", StringComparison.Ordinal) && !line.Text.StartsWith(FromSupervisor, StringComparison.Ordinal)).ToArray();
        var thrown = said.LastOrDefault(line => line.Text.StartsWith("Unhandled exception", StringComparison.Ordinal)).Text;
        return thrown ?? said.LastOrDefault(line => line.IsErrorMessage).Text ?? said.LastOrDefault().Text;
    }

    private static string Prefix(string id, IReadOnlyList<string> ids) => ids is [_] ? "" : id + " | ";

    private static string WithoutTime(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is var end and > 0 && DateTimeOffset.TryParse(line[..end], out _) ? line[(end + 1)..] : line;
}
