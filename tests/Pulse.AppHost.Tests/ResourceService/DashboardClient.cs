using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Pulse.AppHost.Tests.ResourceService;

/// <summary>Calls the resource service as a dashboard does: gRPC over HTTP/2 without TLS.</summary>
internal sealed class DashboardClient(Uri address, string? key) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

    public void Dispose() => _http.Dispose();

    /// <summary>A call with one answer.</summary>
    public async Task<(T? Answer, int Status)> CallAsync<T>(string call, IMessage request, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T>
    {
        using var answer = await SendAsync(call, Frame(request), ct);
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        var message = await ReadAsync(body, parser, ct);
        if (message is not null) Assert.Null(await ReadAsync(body, parser, ct));
        return (message, Status(answer));
    }

    /// <summary>Sends bytes that need not be a frame.</summary>
    public async Task<int> StatusOfAsync(string call, byte[] frame, CancellationToken ct)
    {
        using var answer = await SendAsync(call, frame, ct);
        await answer.Content.ReadAsByteArrayAsync(ct);
        return Status(answer);
    }

    /// <summary>The messages of a stream; <paramref name="ended"/> gets its status when the other side ends it.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(string call, IMessage request, MessageParser<T> parser, Action<int>? ended = null, [EnumeratorCancellation] CancellationToken ct = default)
        where T : class, IMessage<T>
    {
        using var answer = await SendAsync(call, Frame(request), ct);
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        while (await ReadAsync(body, parser, ct) is { } message) yield return message;
        ended?.Invoke(Status(answer));
    }

    public static byte[] Frame(IMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)(frame.Length - 5));
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }

    private Task<HttpResponseMessage> SendAsync(string call, byte[] frame, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/aspire.v1.DashboardService/{call}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        if (key is not null) request.Headers.Add("x-resource-service-api-key", key);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    private static async Task<T?> ReadAsync<T>(Stream body, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T>
    {
        var header = new byte[5];
        if (await body.ReadAtLeastAsync(header, 5, throwOnEndOfStream: false, ct) < 5) return null;
        var message = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1))];
        await body.ReadExactlyAsync(message, ct);
        return parser.ParseFrom(message);
    }

    // With no body at all the trailers are headers.
    private static int Status(HttpResponseMessage answer) =>
        int.Parse((answer.TrailingHeaders.TryGetValues("grpc-status", out var values) ? values : answer.Headers.GetValues("grpc-status")).Single(), System.Globalization.CultureInfo.InvariantCulture);
}
