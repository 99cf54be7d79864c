using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Pulse.Gateway.Tests.Hosting;

/// <summary>A service on a real socket that records what it is asked and answers what the test wants.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Upstream(string name, WebApplication app)
    {
        Name = name;
        _app = app;
        OpenApi = $$$"""{"openapi":"3.1.1","paths":{"/v1/{{{name}}}":{"get":{} } },"components":{"schemas":{} } }""";
    }

    public string Name { get; }

    public string Address => _app.Urls.Single();

    /// <summary>Everything but health and OpenAPI.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = new();

    public int HealthProbes;

    public RequestDelegate Answer { get; set; } = context => context.Response.WriteAsync("{}");

    public RequestDelegate Health { get; set; } = context => context.Response.WriteAsJsonAsync(new { status = "healthy", checks = new Dictionary<string, string>(StringComparer.Ordinal) });

    /// <summary>How the probe of life is answered.</summary>
    public RequestDelegate Alive { get; set; } = context => context.Response.WriteAsync("Healthy");

    /// <summary>How the gateway's own question for revocations is answered.</summary>
    public RequestDelegate Revocations { get; set; } = context => context.Response.WriteAsync("""{"last_id":0,"revocations":[]}""");

    public string OpenApi { get; set; }

    public static async Task<Upstream> StartAsync(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var upstream = new Upstream(name, app);
        app.Run(upstream.HandleAsync);
        await app.StartAsync();
        return upstream;
    }

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/alive":
                await Alive(context);
                return;
            case "/health":
                Interlocked.Increment(ref HealthProbes);
                await Health(context);
                return;
            case "/internal/revocations":
                context.Response.ContentType = "application/json";
                await Revocations(context);
                return;
            case "/openapi/v1.json":
                await context.Response.WriteAsync(OpenApi);
                return;
        }

        using var body = new StreamReader(context.Request.Body);
        Requests.Enqueue(new RecordedRequest(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await body.ReadToEndAsync(context.RequestAborted)));
        await Answer(context);
    }
}

internal sealed record RecordedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);
