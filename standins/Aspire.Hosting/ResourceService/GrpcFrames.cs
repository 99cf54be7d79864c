using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.ResourceService;

/// <summary>The status of a call, in the trailer <c>grpc-status</c>.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    InvalidArgument = 3,
    NotFound = 5,
    Unimplemented = 12,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// <summary>gRPC over HTTP/2 as far as a dashboard needs it: a byte that says "not compressed", four bytes of length, the message.</summary>
internal static class GrpcFrames
{
    private const int HeaderLength = 5;
    private const int MaxMessage = 4 * 1024 * 1024;

    /// <returns>Null at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">What came is no frame that this side takes.</exception>
    public static async Task<T?> ReadAsync<T>(HttpContext http, MessageParser<T> parser, CancellationToken ct)
        where T : class, IMessage<T>
    {
        var header = new byte[HeaderLength];
        var read = await http.Request.Body.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, ct);
        if (read == 0) return null;
        if (read < HeaderLength || header[0] != 0) throw new InvalidDataException("Not a plain gRPC frame.");

        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (length > MaxMessage) throw new InvalidDataException($"A message of {length} bytes.");

        var body = new byte[length];
        await http.Request.Body.ReadExactlyAsync(body, ct);
        try
        {
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new InvalidDataException("Not the message that this call takes.", broken);
        }
    }

    /// <summary>Sends the headers; a caller of a stream waits for them.</summary>
    public static Task BeginAsync(HttpContext http, CancellationToken ct)
    {
        http.Response.ContentType = "application/grpc";
        return http.Response.StartAsync(ct);
    }

    public static async Task WriteAsync(HttpContext http, IMessage message, CancellationToken ct)
    {
        var length = message.CalculateSize();
        var frame = new byte[HeaderLength + length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)length);
        message.WriteTo(frame.AsSpan(HeaderLength));
        await http.Response.Body.WriteAsync(frame, ct);
        await http.Response.Body.FlushAsync(ct);
    }

    public static void End(HttpContext http, GrpcStatus status, string? message = null)
    {
        http.Response.ContentType ??= "application/grpc";
        if (!http.Response.SupportsTrailers()) return;

        http.Response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message is not null) http.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
    }
}
