using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Pulse.Gateway.Tests.Hosting;

/// <summary>Sends a request line exactly as it is written; HttpClient would tidy it up.</summary>
internal static class RawHttp
{
    /// <returns>The status code and the whole answer.</returns>
    public static async Task<(int Status, string Text)> SendAsync(Uri server, string requestLine, CancellationToken ct, params string[] headers)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port, ct);
        await using var stream = socket.GetStream();
        var request = string.Join("\r\n", [requestLine + " HTTP/1.1", $"Host: {server.Authority}", "Connection: close", .. headers, "", ""]);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), ct);

        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(ct);
        return (int.Parse(text.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture), text);
    }
}
