using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Pulse.SystemTests.Security;

/// <summary>Everything that came back over one connection.</summary>
internal sealed record RawAnswer(string Text)
{
    public int Status => Text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(Text.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;

    /// <summary>How many requests the server saw in what was sent.</summary>
    public int Answers => Text.Split("HTTP/1.1 ").Length - 1;

    public string Head => Text[..Math.Max(0, Text.IndexOf("\r\n\r\n", StringComparison.Ordinal))];

    /// <summary>Whether the answer is a problem that names its own status.</summary>
    public bool IsProblem => Head.Contains("Content-Type: application/problem+json", StringComparison.OrdinalIgnoreCase)
        && Text.IndexOf('{', StringComparison.Ordinal) is var start and > 0
        && JsonElement.Parse(Text[start..(Text.LastIndexOf('}') + 1)]).GetProperty("status").GetInt32() == Status;
}

/// <summary>Sends bytes exactly as they are; HttpClient would tidy them up or refuse.</summary>
internal static class RawGateway
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>A request with the usual headers; the server closes after its answer.</summary>
    public static Task<RawAnswer> SendAsync(RunningPulse pulse, string requestLine, IEnumerable<string> headers, CancellationToken ct) =>
        SendAsync(pulse, string.Join("\r\n", [requestLine + " HTTP/1.1", $"Host: {pulse.Api.BaseAddress!.Authority}", "Connection: close", .. headers, "", ""]), ct);

    /// <summary>Sends <paramref name="bytes"/> (Latin-1) and reads until the server closes.</summary>
    public static async Task<RawAnswer> SendAsync(RunningPulse pulse, string bytes, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        using var socket = new TcpClient();
        await socket.ConnectAsync(pulse.Api.BaseAddress!.Host, pulse.Api.BaseAddress.Port, patience.Token);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), patience.Token);
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, patience.Token)) > 0) text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // Closed with something of ours unread: what came before it is the answer.
        }

        return new RawAnswer(text.ToString());
    }
}
