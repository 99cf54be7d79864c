using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pulse.StandIns.Tests;

/// <summary>An HTTP server on a free loopback port that keeps what it received and answers what it is told to.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LocalServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public ConcurrentQueue<Received> Requests { get; } = [];

    public Func<Received, Answer> Respond { get; set; } = _ => new Answer(200, "application/x-amz-json-1.0", "{}");

    public static async Task<LocalServer> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = new LocalServer(builder.Build());
        server._app.Urls.Add("http://127.0.0.1:0");
        server._app.Run(server.HandleAsync);
        await server._app.StartAsync(ct);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var received = new Received(headers, await reader.ReadToEndAsync(context.RequestAborted));
        Requests.Enqueue(received);

        var answer = Respond(received);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers ?? [])
            context.Response.Headers[name] = value;

        await context.Response.WriteAsync(answer.Body, context.RequestAborted);
    }
}

internal sealed record Received(IReadOnlyDictionary<string, string> Headers, string Body);

internal sealed record Answer(int Status, string ContentType, string Body, IReadOnlyList<(string Name, string Value)>? Headers = null);
