using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Pulse.Gateway.Routing;

namespace Pulse.Gateway.OpenApi;

/// <summary>The OpenAPI document of the whole API and the page to try it at.</summary>
internal static class ApiDocument
{
    public const string Path = "/openapi/v1.json";
    private const string DocsPage = "docs";

    // A document of its own and no part of an HTML page: "application/problem+json" keeps its plus sign.
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void AddApiDocument(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(ServiceDocuments.Client)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { ConnectTimeout = ClusterTable.ConnectTimeout })
            .RemoveAllLoggers();
        builder.Services.AddSingleton<ServiceDocuments>();
    }

    public static void UseDocsPage(this WebApplication app) =>
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = DocsPage;
            page.DocumentTitle = "Pulse API";
            page.SwaggerEndpoint(Path, "Pulse");
            page.EnableTryItOutByDefault();
            page.EnablePersistAuthorization();
        });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapGet(Path, GetDocument).AllowAnonymous();
        app.MapGet("/", () => TypedResults.Redirect("/" + DocsPage)).AllowAnonymous();
    }

    internal static async Task<ContentHttpResult> GetDocument(ServiceDocuments documents, CancellationToken ct) =>
        TypedResults.Text(OpenApiMerge.Merge(await documents.ReadAsync(ct)).ToJsonString(AsWritten), "application/json");
}
