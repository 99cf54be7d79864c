using System.Net;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ResourceService;

/// <summary>The gRPC service that the dashboard shows resources from: on the loopback address, for who has the key.</summary>
internal sealed class ResourceServiceHost(IServiceProvider application) : IAsyncDisposable
{
    public const string UrlKey = "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL";
    public const string ApiKeyKey = "AppHost:ResourceService:ApiKey";

    private const string Path = "/aspire.v1.DashboardService/";
    private const string ApiKeyHeader = "x-resource-service-api-key";

    private WebApplication? _web;

    public async Task StartAsync(CancellationToken ct)
    {
        var configuration = application.GetRequiredService<IConfiguration>();
        if (!DashboardConfiguration.Read(configuration).IsPresent) return;

        var address = new Uri(configuration[UrlKey]!);
        var key = Encoding.UTF8.GetBytes(configuration[ApiKeyKey]!);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, address.Port, listen => listen.Protocols = HttpProtocols.Http2);
            // Streams that stand open for days, mostly silent.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.AddServerHeader = false;
        });
        _web = builder.Build();
        _web.Use((http, next) => Admit(http, key) ? next(http) : Task.CompletedTask);
        Map(_web);
        await _web.StartAsync(ct);
    }

    /// <summary>Ends every stream, so that whoever watches knows that nothing more will come.</summary>
    public Task StopAsync(CancellationToken ct) => _web?.StopAsync(ct) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_web is not null) await _web.DisposeAsync();
    }

    private static bool Admit(HttpContext http, byte[] key)
    {
        var given = Encoding.UTF8.GetBytes(http.Request.Headers[ApiKeyHeader].ToString());
        if (CryptographicOperations.FixedTimeEquals(given, key)) return true;

        GrpcFrames.End(http, GrpcStatus.Unauthenticated, "The key of the resource service is missing or wrong.");
        return false;
    }

    private void Map(WebApplication web)
    {
        var stopping = web.Lifetime.ApplicationStopping;
        var calls = new ResourceCalls(
            application.GetRequiredService<DistributedApplicationModel>(),
            application.GetRequiredService<ResourceNotificationService>(),
            application.GetRequiredService<ResourceLoggerService>(),
            application.GetRequiredService<ResourceCommandService>(),
            application.GetRequiredService<IHostEnvironment>().ApplicationName,
            application);
        MapCall("GetApplicationInformation", calls.GetApplicationInformationAsync);
        MapCall("WatchResources", calls.WatchResourcesAsync);
        MapCall("WatchResourceConsoleLogs", calls.WatchConsoleLogsAsync);
        MapCall("ExecuteResourceCommand", calls.ExecuteCommandAsync);
        MapCall("WatchInteractions", calls.WatchInteractionsAsync);
        web.MapFallback(http =>
        {
            GrpcFrames.End(http, GrpcStatus.Unimplemented);
            return Task.CompletedTask;
        });

        void MapCall(string name, Func<HttpContext, CancellationToken, Task> call) => web.MapPost(Path + name, http => RunAsync(http, call, stopping));
    }

    private static async Task RunAsync(HttpContext http, Func<HttpContext, CancellationToken, Task> call, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        try
        {
            await call(http, either.Token);
            GrpcFrames.End(http, GrpcStatus.Ok);
        }
        catch (InvalidDataException invalid)
        {
            GrpcFrames.End(http, GrpcStatus.InvalidArgument, invalid.Message);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && (either.IsCancellationRequested || http.RequestAborted.IsCancellationRequested))
        {
            // Not OK: after that a dashboard would ask again at once, and again.
            GrpcFrames.End(http, GrpcStatus.Unavailable);
        }
    }
}
