namespace Pulse.AppHost.Control;

internal static class ResourceLogs
{
    public static async Task<IReadOnlyList<LogLine>> ReadAsync(this ResourceLoggerService logs, IResource resource)
    {
        List<LogLine> lines = [];
        await foreach (var batch in logs.GetAllAsync(resource)) lines.AddRange(batch);
        return lines;
    }

    /// <summary>The newest line that says why a process ended: an error line before a plain one, a message before its stack frames.</summary>
    public static async Task<string?> LastWordsAsync(this ResourceLoggerService logs, IResource resource)
    {
        var lines = await logs.ReadAsync(resource);
        var said = lines.Select(line => (Text: WithoutTime(line.Content).Trim(), line.IsErrorMessage)).Where(line => line.Text.Length > 0 && !line.Text.StartsWith("at ", StringComparison.Ordinal) && !line.Text.StartsWith("---", StringComparison.Ordinal)).ToArray();
        var thrown = said.LastOrDefault(line => line.Text.StartsWith("Unhandled exception", StringComparison.Ordinal)).Text;
        return thrown ?? said.LastOrDefault(line => line.IsErrorMessage).Text ?? said.LastOrDefault().Text;
    }

    // 2026-01-01T00:00:00.000Z The line
    private static string WithoutTime(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is var end and > 0 && DateTimeOffset.TryParse(line[..end], out _) ? line[(end + 1)..] : line;
}
