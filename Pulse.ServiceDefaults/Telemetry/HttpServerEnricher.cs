using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Pulse.ServiceDefaults.Telemetry;

/// <summary>
/// Names and tags the server span of ASP.NET Core after the OpenTelemetry HTTP conventions:
/// method and route as name, <c>http.route</c>, status code, error type.
/// </summary>
internal sealed class HttpServerEnricher : IHostedService, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string RequestStart = Request + ".Start";
    private const string RequestStop = Request + ".Stop";
    private const string Unhandled = "Microsoft.AspNetCore.Hosting.UnhandledException";
    private const string Handled = "Microsoft.AspNetCore.Diagnostics.HandledException";

    private readonly List<IDisposable> _subscriptions = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.AspNetCore")
        {
            _subscriptions.Add(value.Subscribe(this, name => name is Request or RequestStart or RequestStop or Unhandled or Handled));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (Activity.Current is not { IsAllDataRequested: true } span) return;

        switch (value.Key)
        {
            case RequestStart when value.Value is HttpContext { Request.Path.Value: "/health" or "/alive" or "/internal/revocations" }:
                BackgroundSpanFilter.MarkProbe(span);
                break;
            case RequestStop when value.Value is HttpContext context:
                Describe(span, context);
                break;
            case Unhandled or Handled when value.Value?.GetType().GetProperty("exception")?.GetValue(value.Value) is Exception exception:
                span.SetTag("error.type", exception.GetType().FullName);
                span.AddException(exception);
                break;
        }
    }

    public void OnCompleted()
    {
        // The listener lives as long as the process.
    }

    public void OnError(Exception error)
    {
        // Diagnostic listeners report no errors of their own.
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());

    private static void Describe(Activity span, HttpContext context)
    {
        var method = context.Request.Method;
        span.SetTag("http.request.method", method);
        span.SetTag("url.path", context.Request.Path.Value);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if ((context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { } route)
        {
            span.DisplayName = $"{method} {route}";
            span.SetTag("http.route", route);
        }
        else
        {
            span.DisplayName = method;
        }

        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError) span.SetStatus(ActivityStatusCode.Error);
    }
}
