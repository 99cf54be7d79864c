using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Gateway.Routing;

namespace Pulse.Gateway.SystemStatus;

internal static class SystemStatusApi
{
    public static void AddSystemStatus(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(ServiceProbe.Client)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { ConnectTimeout = ClusterTable.ConnectTimeout })
            .RemoveAllLoggers();
        builder.Services.AddSingleton<ServiceProbe>();
        builder.Services.AddSingleton<SystemHealth>();
    }

    public static void MapSystemStatus(this WebApplication app) =>
        app.MapGet("/system/health", GetHealth).AllowAnonymous();

    internal static async Task<JsonHttpResult<SystemHealthResponse>> GetHealth(SystemHealth health, HttpResponse response, CancellationToken ct)
    {
        var answer = await health.ReadAsync(ct);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Json(answer, statusCode: answer.Status == SystemState.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
