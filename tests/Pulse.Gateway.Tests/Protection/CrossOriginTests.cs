using System.Net;
using Microsoft.Extensions.Options;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.Protection;

public sealed class CrossOriginTests
{
    private const string Known = "https://app.example";
    private const string Stranger = "https://evil.example";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Preflight_KnownOrigin_AllowsWhatTheApiTakesWithoutCredentials()
    {
        await using var gateway = await StartAsync();

        using var response = await PreflightAsync(gateway, Known, "/v1/posts", "POST");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Known, Header(response, "Access-Control-Allow-Origin"));
        Assert.Contains("PATCH", Header(response, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("Authorization", Header(response, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", Header(response, "Access-Control-Allow-Headers"), StringComparison.Ordinal);
        Assert.Equal("600", Header(response, "Access-Control-Max-Age"));
        Assert.Null(Header(response, "Access-Control-Allow-Credentials"));
        Assert.Empty(gateway.Posts.Requests);
    }

    [Theory]
    [InlineData(Stranger)]
    [InlineData("https://app.example.evil.example")]
    [InlineData("http://app.example")]
    [InlineData("null")]
    public async Task Preflight_OtherOrigin_AllowsNothing(string origin)
    {
        await using var gateway = await StartAsync();

        using var response = await PreflightAsync(gateway, origin, "/v1/posts", "POST");

        Assert.Null(Header(response, "Access-Control-Allow-Origin"));
        Assert.Null(Header(response, "Access-Control-Allow-Methods"));
    }

    [Theory]
    [InlineData("/v1/feed", false, HttpStatusCode.OK)]
    [InlineData("/v1/feed", true, HttpStatusCode.Unauthorized)]
    [InlineData("/v1/nothing", false, HttpStatusCode.NotFound)]
    public async Task Call_KnownOrigin_MayReadAnyAnswerAndItsHeaders(string path, bool anonymous, HttpStatusCode expected)
    {
        await using var gateway = await StartAsync();

        using var response = await CallAsync(gateway, Known, path, anonymous);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(Known, Header(response, "Access-Control-Allow-Origin"));
        var exposed = Header(response, "Access-Control-Expose-Headers")!.Split(',');
        Assert.Superset(new HashSet<string> { "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "Location" }, exposed.ToHashSet());
        Assert.Null(Header(response, "Access-Control-Allow-Credentials"));
    }

    [Fact]
    public async Task Call_OverTheLimit_CanBeReadByThePage()
    {
        await using var gateway = await StartAsync(("RateLimits:Scale", "1"), ("RateLimits:EverythingElsePerMinute", "1"));
        using var first = await CallAsync(gateway, Known, "/v1/feed");
        using var preflight = await PreflightAsync(gateway, Known, "/v1/feed", "GET");

        using var refused = await CallAsync(gateway, Known, "/v1/feed");

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.TooManyRequests, Ct);
        Assert.Equal(Known, Header(refused, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Call_NoOriginConfigured_AllowsNobody()
    {
        await using var gateway = await GatewayApp.StartAsync([]);

        using var preflight = await PreflightAsync(gateway, Known, "/v1/posts", "POST");
        using var call = await CallAsync(gateway, Known, "/v1/feed");

        await ProblemJson.AssertAsync(preflight, HttpStatusCode.MethodNotAllowed, Ct);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        Assert.Null(Header(call, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://*.example")]
    [InlineData("https://app.example/")]
    [InlineData("app.example")]
    [InlineData("null")]
    public async Task Origins_NotAnOrigin_StopTheStart(string origin)
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayApp.StartAsync([("Cors:Origins:0", origin)]));
    }

    private static Task<GatewayApp> StartAsync(params (string Key, string Value)[] settings) =>
        GatewayApp.StartAsync([("Cors:Origins:0", "http://localhost:5173"), ("Cors:Origins:1", Known), .. settings]);

    private static Task<HttpResponseMessage> PreflightAsync(GatewayApp gateway, string origin, string path, string method)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        return gateway.Client.SendAsync(request, Ct);
    }

    private static Task<HttpResponseMessage> CallAsync(GatewayApp gateway, string origin, string path, bool anonymous = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", origin);
        if (!anonymous) request.Headers.Authorization = new("Bearer", gateway.TokenFor(7));
        return gateway.Client.SendAsync(request, Ct);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
