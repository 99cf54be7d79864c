using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Gateway.Tests.Hosting;

namespace Pulse.Gateway.Tests.OpenApi;

public sealed class ApiDocumentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_Merged_HasThePathsOfAllServicesAndTheGateway()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        gateway.Users.OpenApi = """
            {"openapi":"3.1.1","servers":[{"url":"http://127.0.0.1:5001"}],"paths":{
              "/v1/auth/login":{"post":{"operationId":"Login"}},
              "/v1/users/{id}/posts":{"head":{}},
              "/internal/users/batch":{"post":{}}}}
            """;
        gateway.Posts.OpenApi = """{"paths":{"/v1/posts":{"post":{}},"/v1/users/{id}/posts":{"get":{}}}}""";
        gateway.Timelines.OpenApi = """{"paths":{"/v1/feed":{"get":{}}}}""";

        var document = await ReadAsync(gateway);

        var paths = document.GetProperty("paths");
        Assert.Equal(
            ["/auth/login", "/posts", "/system/health", "/timeline", "/tweets", "/v1/auth/login", "/v1/feed", "/v1/posts", "/v1/users/{id}/posts"],
            paths.EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["head", "get"], paths.GetProperty("/v1/users/{id}/posts").EnumerateObject().Select(call => call.Name));
        Assert.Equal("""[{"url":"/"}]""", document.GetProperty("servers").GetRawText());
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
        Assert.Equal("[]", paths.GetProperty("/v1/auth/login").GetProperty("post").GetProperty("security").GetRawText());
        Assert.False(paths.GetProperty("/v1/feed").GetProperty("get").TryGetProperty("security", out _));
    }

    [Fact]
    public async Task Document_EveryCall_TellsTheErrorsOfTheGatewayAndKeepsThoseOfItsService()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        gateway.Users.OpenApi = """{"paths":{"/v1/auth/login":{"post":{"requestBody":{},"responses":{"200":{},"401":{"description":"own"}}}}}}""";
        gateway.Posts.OpenApi = """{"paths":{"/v1/posts":{"post":{"requestBody":{},"operationId":"CreatePost","responses":{"201":{}}}}}}""";
        gateway.Timelines.OpenApi = """{"paths":{"/v1/feed":{"get":{"parameters":[{"name":"limit","in":"query"}],"responses":{"200":{}}}}}}""";

        var text = await gateway.Client.GetStringAsync("/openapi/v1.json", Ct);
        var paths = JsonElement.Parse(text).GetProperty("paths");

        Assert.Contains("application/problem+json", text, StringComparison.Ordinal);
        Assert.Equal("200 401 429 502 503 504", Codes("/v1/feed", "get"));
        Assert.Equal("201 400 401 408 413 415 429 502 503 504", Codes("/v1/posts", "post"));
        Assert.Equal("200 400 401 408 413 415 429 502 503 504", Codes("/v1/auth/login", "post"));
        Assert.Equal("200 429 503", Codes("/system/health", "get"));
        Assert.Equal("own", paths.GetProperty("/v1/auth/login").GetProperty("post").GetProperty("responses").GetProperty("401").GetProperty("description").GetString());
        // Old names are there as well, and say so.
        foreach (var (path, method) in (ValueTuple<string, string>[])[("/posts", "post"), ("/tweets", "post"), ("/timeline", "get"), ("/auth/login", "post")])
        {
            Assert.True(paths.GetProperty(path).GetProperty(method).GetProperty("deprecated").GetBoolean());
        }

        Assert.Equal("CreatePostByPOST_tweets", paths.GetProperty("/tweets").GetProperty("post").GetProperty("operationId").GetString());

        string Codes(string path, string method) =>
            string.Join(' ', paths.GetProperty(path).GetProperty(method).GetProperty("responses").EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_SchemasOfOneNameAndAnotherShape_AreKeptApart()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        gateway.Users.OpenApi = """{"paths":{},"components":{"schemas":{"PostProblem":{"type":"object"},"Page":{"title":"users"}}}}""";
        gateway.Posts.OpenApi = """
            {"paths":{"/v1/posts":{"get":{"x":[{"$ref":"#/components/schemas/Page"},{"$ref":"#/components/schemas/PostProblem"}]}}},
             "components":{"schemas":{"PostProblem":{"type":"object"},"Page":{"title":"posts","next":{"$ref":"#/components/schemas/Page"}}}}}
            """;
        gateway.Timelines.OpenApi = """{"paths":{}}""";

        var document = await ReadAsync(gateway);

        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Equal("users", schemas.GetProperty("Page").GetProperty("title").GetString());
        Assert.Equal("""{"title":"posts","next":{"$ref":"#/components/schemas/PostsPage"}}""", schemas.GetProperty("PostsPage").GetRawText());
        Assert.False(schemas.TryGetProperty("PostsPostProblem", out _));
        Assert.Equal(
            """[{"$ref":"#/components/schemas/PostsPage"},{"$ref":"#/components/schemas/PostProblem"}]""",
            document.GetProperty("paths").GetProperty("/v1/posts").GetProperty("get").GetProperty("x").GetRawText());
    }

    [Fact]
    public async Task Document_ServiceAway_KeepsWhatItHadLast()
    {
        var clock = new ManualClock();
        await using var gateway = await GatewayApp.StartAsync([], services => services.AddSingleton<TimeProvider>(clock));
        await ReadAsync(gateway);
        await gateway.Posts.StopAsync();
        gateway.Users.OpenApi = """{"paths":{"/v1/new":{"get":{}}}}""";
        clock.Advance(TimeSpan.FromSeconds(10));

        var paths = (await ReadAsync(gateway)).GetProperty("paths");

        Assert.True(paths.TryGetProperty("/v1/posts", out _));
        Assert.True(paths.TryGetProperty("/v1/new", out _));
    }

    [Fact]
    public async Task Docs_Opened_IsAPageThatNeedsNoInternet()
    {
        await using var gateway = await GatewayApp.StartAsync([]);

        using var root = await gateway.Client.GetAsync("/", Ct);
        using var docs = await gateway.Client.GetAsync("/docs", Ct);
        var page = await gateway.Client.GetStringAsync("/docs/index.html", Ct);
        var setup = await gateway.Client.GetStringAsync("/docs/index.js", Ct);
        using var script = await gateway.Client.GetAsync("/docs/swagger-ui-bundle.js", Ct);

        Assert.Equal("/docs", root.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.MovedPermanently, docs.StatusCode);
        Assert.DoesNotContain("src=\"http", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("/openapi/v1.json", setup, StringComparison.Ordinal);
        Assert.True(script.Content.Headers.ContentLength > 100_000);
    }

    private static async Task<JsonElement> ReadAsync(GatewayApp gateway)
    {
        using var response = await gateway.Client.GetAsync("/openapi/v1.json", Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(Ct));
    }
}
