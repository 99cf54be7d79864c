using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Yarp.ReverseProxy.Transforms;

namespace Pulse.Gateway.Routing;

/// <summary>A service names its own path as a problem's <c>instance</c>; who called by an old name reads the path that he used.</summary>
internal static class CallerInstance
{
    public static async ValueTask RestoreAsync(ResponseTransformContext transform)
    {
        if (transform.ProxyResponse is not { } response || !IsProblem(response.Content.Headers.ContentType)) return;

        var context = transform.HttpContext;
        var body = await response.Content.ReadAsByteArrayAsync(context.RequestAborted);
        if (Parse(body) is { } problem)
        {
            problem["instance"] = context.Request.Path.ToUriComponent();
            body = JsonSerializer.SerializeToUtf8Bytes(problem);
        }

        transform.SuppressResponseBody = true;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static bool IsProblem(MediaTypeHeaderValue? type) =>
        string.Equals(type?.MediaType, "application/problem+json", StringComparison.OrdinalIgnoreCase);

    private static JsonObject? Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            // Passed on as it came.
            return null;
        }
    }
}
