using System.Net;
using Microsoft.AspNetCore.Http;
using Pulse.Gateway.Tests.Hosting;

namespace Pulse.Gateway.Tests.Protection;

public sealed class SecurityHeaderTests(GatewayApp gateway) : IClassFixture<GatewayApp>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v1/feed", null, HttpStatusCode.OK)]
    [InlineData("GET", "/v1/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/v1/feed", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/v1/users/..%2f", null, HttpStatusCode.NotFound)]
    [InlineData("POST", "/v1/posts", "application/json; charset=bogus", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("GET", "/system/health", null, HttpStatusCode.OK)]
    [InlineData("GET", "/health", null, HttpStatusCode.OK)]
    [InlineData("GET", "/openapi/v1.json", null, HttpStatusCode.OK)]
    [InlineData("GET", "/docs/index.html", null, HttpStatusCode.OK)]
    public async Task Answer_OfAnyKind_CarriesThem(string method, string path, string? contentType, HttpStatusCode expected)
    {
        using var content = contentType is null ? null : new ByteArrayContent("{}"u8.ToArray());
        content?.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var response = await gateway.SendAsync(method, path, Ct, content: content);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(response, "X-Frame-Options"));
        Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
        var policy = Header(response, "Content-Security-Policy")!;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal(path.StartsWith("/docs", StringComparison.Ordinal), policy.Contains("script-src 'self'", StringComparison.Ordinal));
        Assert.Null(Header(response, "Strict-Transport-Security"));
        Assert.Null(Header(response, "Server"));
        Assert.Equal(path != "/health", response.Headers.Contains("X-RateLimit-Limit"));
    }

    [Theory]
    [InlineData("POST", "/v1/auth/login", true, "no-store")]
    [InlineData("POST", "/auth/login", true, "no-store")]
    [InlineData("POST", "/v1/auth/refresh", true, "no-store")]
    [InlineData("GET", "/v1/feed", false, "no-store")]
    [InlineData("GET", "/v1/users/42", false, "no-store")]
    [InlineData("GET", "/v1/users/42", true, null)]
    public async Task Answer_WithTokensOrForSomebody_IsNotStored(string method, string path, bool anonymous, string? expected)
    {
        using var response = await gateway.SendAsync(method, path, Ct, anonymous);

        Assert.Equal(expected, Header(response, "Cache-Control"));
    }

    [Fact]
    public async Task Answer_OfAService_ShowsNoServerAndKeepsItsOwnCaching()
    {
        await using var app = await GatewayApp.StartAsync([]);
        app.Users.Answer = context =>
        {
            context.Response.Headers.Server = "secret/1.0";
            context.Response.Headers["X-Powered-By"] = "secret";
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync("{}");
        };

        using var response = await app.SendAsync("GET", "/v1/users/42", Ct);

        Assert.Null(Header(response, "Server"));
        Assert.Null(Header(response, "X-Powered-By"));
        Assert.Equal("public, max-age=60", Header(response, "Cache-Control"));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;
}
