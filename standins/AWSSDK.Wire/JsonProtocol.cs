using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;

namespace Amazon.Wire;

internal static class JsonProtocol
{
    public static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Bodies are posted, never embedded in HTML: escaping every quote of a nested document would only make them longer.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new MemoryStreamConverter() }
    };

    private sealed class MemoryStreamConverter : JsonConverter<MemoryStream>
    {
        public override MemoryStream Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetBytesFromBase64());

        public override void Write(Utf8JsonWriter writer, MemoryStream value, JsonSerializerOptions options) =>
            writer.WriteBase64StringValue(value.ToArray());
    }
}

/// <summary>AWS JSON 1.0: the request object is the body, the X-Amz-Target header names the operation.</summary>
internal sealed class JsonMarshaller(string service, string target, string apiVersion) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service)
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Content = JsonSerializer.SerializeToUtf8Bytes(input, input.GetType(), JsonProtocol.Options)
        };
        request.Headers["X-Amz-Target"] = target;
        request.Headers["Content-Type"] = "application/x-amz-json-1.0";
        request.Headers[HeaderKeys.XAmzApiVersion] = apiVersion;
        return request;
    }
}

internal sealed class JsonUnmarshaller<T>(Func<ServiceError, AmazonServiceException> error) : JsonResponseUnmarshaller
    where T : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input)
    {
        // Operations without a result answer with no body at all. The declared length cannot tell: it is 0 for a chunked one too.
        using var body = new MemoryStream();
        input.Stream.CopyTo(body);
        return body.Length == 0 ? new T() : JsonSerializer.Deserialize<T>(body.GetBuffer().AsSpan(0, (int)body.Length), JsonProtocol.Options) ?? new T();
    }

    // { "__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "…" }
    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var (shape, message) = ReadBody(input.Stream);
        shape = shape?[(shape.LastIndexOf('#') + 1)..];

        var (code, type) = (shape, ServiceError.TypeOf(statusCode));
        var response = input.ResponseData;
        // Services that spoke the query protocol before keep the old code and fault in this header, and the SDK shows that code.
        if (response.IsHeaderPresent("x-amzn-query-error") && response.GetHeaderValue("x-amzn-query-error").Split(';') is [var legacyCode, var fault])
            (code, type) = (legacyCode, ServiceError.TypeOf(fault));

        return error(new ServiceError(
            shape, message ?? $"HTTP {(int)statusCode}", innerException, type, code, response.GetHeaderValue(HeaderKeys.RequestIdHeader), statusCode));
    }

    private static (string Shape, string Message) ReadBody(Stream body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return (Text(document.RootElement, "__type"), Text(document.RootElement, "message") ?? Text(document.RootElement, "Message"));
        }
        catch (JsonException)
        {
            // A proxy's HTML page: the status is all there is to tell.
            return default;
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.ToString() : null;
}
