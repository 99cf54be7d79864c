using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Pulse.Gateway.Protection;

/// <summary>
/// Takes in the whole body of a call before a service hears of it: it is 64 KiB at most, and who sends slowly then holds no connection of a
/// service. 408 when it takes too long, 400 or 413 for what is no body. The wait is ended through the reader and not by a token: Kestrel
/// would take a read that was broken off for one that still goes on, and log an error of its own for each.
/// </summary>
internal static class WholeBodies
{
    public static void UseWholeBodies(this IReverseProxyApplicationBuilder proxy)
    {
        var patience = TimeSpan.FromSeconds(proxy.ApplicationServices.GetRequiredService<IOptions<RequestLimitOptions>>().Value.CallSeconds);
        proxy.Use(async (context, next) =>
        {
            if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
            {
                var (body, status) = await ReadAsync(context, patience);
                if (body is null)
                {
                    context.Response.StatusCode = status;
                    // Its rest is not waited for either.
                    context.Response.Headers.Connection = "close";
                    return;
                }

                context.Request.Body = body;
            }

            await next(context);
        });
    }

    private static async Task<(Stream? Body, int Status)> ReadAsync(HttpContext context, TimeSpan patience)
    {
        var reader = context.Request.BodyReader;
        using var late = new CancellationTokenSource(patience);
        await using var end = late.Token.Register(reader.CancelPendingRead);
        var body = new MemoryStream();
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(CancellationToken.None);
                foreach (var segment in read.Buffer) body.Write(segment.Span);
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCanceled) return (null, StatusCodes.Status408RequestTimeout);
                if (read.IsCompleted) break;
            }
        }
        catch (IOException exception)
        {
            return (null, exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest);
        }
        catch (OperationCanceledException)
        {
            return (null, StatusCodes.Status499ClientClosedRequest);
        }

        body.Position = 0;
        return (body, StatusCodes.Status200OK);
    }
}
