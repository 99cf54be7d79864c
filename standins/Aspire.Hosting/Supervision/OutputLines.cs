using System.Text;

namespace Aspire.Hosting.Supervision;

/// <summary>The output of a process as lines. What never ends its line is cut, so that it takes no more memory than any other.</summary>
internal static class OutputLines
{
    // Longer than any line that a person reads; the dashboard's messages hold hundreds of them.
    public const int LongestLine = 16 * 1024;

    /// <summary>Reads to the end. While <paramref name="write"/> works the process waits, once the pipe between is full.</summary>
    public static async Task ReadAsync(TextReader output, Action<string> write)
    {
        var buffer = new char[LongestLine];
        var line = new StringBuilder();
        var afterReturn = false;
        int read;
        while ((read = await output.ReadAsync(buffer)) > 0)
        {
            var rest = buffer.AsSpan(0, read);
            while (!rest.IsEmpty)
            {
                // "\r\n" is one end of a line.
                if (afterReturn && rest[0] == '\n') rest = rest[1..];
                afterReturn = false;
                var end = rest.IndexOfAny('\r', '\n');
                var taken = Math.Min(end < 0 ? rest.Length : end, LongestLine - line.Length);
                line.Append(rest[..taken]);
                rest = rest[taken..];
                var isEnd = end == taken;
                if (!isEnd && line.Length < LongestLine) continue;

                write(line.ToString());
                line.Clear();
                if (!isEnd) continue;
                afterReturn = rest[0] == '\r';
                rest = rest[1..];
            }
        }

        if (line.Length > 0) write(line.ToString());
    }
}
