using Pulse.Gateway.Routing;
using Pulse.Gateway.Tests.Hosting;

namespace Pulse.Gateway.Tests.Routing;

/// <summary>Nothing that a caller can write reaches <c>/internal</c>, not even with a token and the right key.</summary>
public sealed class InternalTests(GatewayApp gateway) : IClassFixture<GatewayApp>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/internal")]
    [InlineData("/internal/users/1/graph")]
    [InlineData("/INTERNAL/users/1/graph")]
    [InlineData("/internal/posts/batch?x=/v1/feed")]
    [InlineData("//internal/users/1/graph")]
    [InlineData("///internal/users/1/graph")]
    [InlineData("/./internal/users/1/graph")]
    [InlineData("/v1/../internal/users/1/graph")]
    [InlineData("/v1/users/../../internal/users/1/graph")]
    [InlineData("/v1/users/../internal/users/1/graph")]
    [InlineData("/v1//internal/users/1/graph")]
    [InlineData("/v1/internal/users/1/graph")]
    [InlineData("/%69nternal/users/1/graph")]
    [InlineData("/%2569nternal/users/1/graph")]
    [InlineData("/%2finternal/users/1/graph")]
    [InlineData("/%2Finternal%2Fusers%2F1%2Fgraph")]
    [InlineData("/v1/users/%2e%2e/%2e%2e/internal/users/1/graph")]
    [InlineData("/v1/users/%2E%2E/%2E%2E/internal")]
    [InlineData("/v1/users/%252e%252e/%252e%252e/internal")]
    [InlineData("/v1/users/..%2f..%2finternal")]
    [InlineData("/v1/users/..%5c..%5cinternal")]
    [InlineData("/v1/users/..\\..\\internal")]
    [InlineData("/v1/users/..;/..;/internal")]
    [InlineData("/v1/users/42%2f..%2f..%2f..%2finternal")]
    [InlineData("/v1/users/by-username/..%2f..%2f..%2finternal%2fusers%2f1%2fgraph")]
    [InlineData("/v1/users/by-username/%2e%2e/%2e%2e/%2e%2e/internal")]
    [InlineData("/v1/users/42/followers/../../../../internal/users/1/graph")]
    [InlineData("/v1/users/42%00/internal")]
    [InlineData("/users/../internal/users/1/graph")]
    [InlineData("/users/..%2finternal/followers")]
    [InlineData("/users/%2e%2e%2f%2e%2e%2finternal/following")]
    [InlineData("/timeline/../internal/users/1/graph")]
    [InlineData("http://users/internal/users/1/graph")]
    [InlineData("http://users//internal/users/1/graph")]
    [InlineData("http://users/v1/users/..%2f..%2finternal")]
    public async Task Internal_AnyTrick_IsUnreachable(string target)
    {
        foreach (var method in (string[])["GET", "POST"])
        {
            var (status, text) = await RawHttp.SendAsync(gateway.Address, $"{method} {target}", Ct, Authorized());

            Assert.True(status is 400 or 404 or 405, $"{method} {target}: {text}");
        }

        Assert.All(gateway.Upstreams, upstream => Assert.DoesNotContain(upstream.Requests, IsInternal));
    }

    [Theory]
    [InlineData("POST /users/follow/..%2f..%2f..%2finternal")]
    [InlineData("POST /users/follow/%2e%2e")]
    [InlineData("POST /users/unfollow/..")]
    [InlineData("POST /users/follow/../../internal/users/1/graph")]
    [InlineData("POST /v1/posts/..%2f..%2finternal/like")]
    public async Task Internal_ThroughAnOldName_IsUnreachable(string requestLine)
    {
        var (status, text) = await RawHttp.SendAsync(gateway.Address, requestLine, Ct, Authorized());

        Assert.True(status is 400 or 404 or 405, text);
        Assert.All(gateway.Upstreams, upstream => Assert.DoesNotContain(upstream.Requests, IsInternal));
    }

    [Theory]
    [InlineData("X-Original-URL")]
    [InlineData("X-Rewrite-URL")]
    [InlineData("X-Forwarded-Prefix")]
    [InlineData("X-Forwarded-Path")]
    [InlineData("X-Forwarded-Uri")]
    [InlineData("X-Envoy-Original-Path")]
    public async Task Internal_NamedInAHeader_IsUnreachableAndTheHeaderStaysOutside(string header)
    {
        await RawHttp.SendAsync(gateway.Address, "GET /v1/users/4711", Ct, [.. Authorized(), $"{header}: /internal/users/1/graph"]);

        var received = gateway.Users.Requests.Last(request => request.Target == "/v1/users/4711");
        Assert.DoesNotContain(received.Headers, each => each.Value.Contains("internal", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/v1/users/42", "/v1/users/42", true)]
    [InlineData("/v1/users/by-username/zoë", "/v1/users/by-username/zo%C3%AB?x=//%2f", true)]
    [InlineData("/v1/users", "http://pulse.example:8080/v1/users?next=http://x//y", true)]
    [InlineData("/v1/users", "http://pulse.example//v1/users", false)]
    [InlineData("/internal", "/v1/../internal", false)]
    [InlineData("/v1/a.b", "/v1/a%2eb", false)]
    [InlineData("/v1/%2F", "/v1/%2F", false)]
    public void IsPlain_Path_TellsTricksFromNames(string path, string rawTarget, bool plain)
    {
        Assert.Equal(plain, PathGuard.IsPlain(path, rawTarget));
    }

    private static bool IsInternal(RecordedRequest request) =>
        request.Target.Contains("internal", StringComparison.OrdinalIgnoreCase) || request.Target.Contains("..", StringComparison.Ordinal);

    private string[] Authorized() => [$"Authorization: Bearer {gateway.TokenFor(7)}", $"X-Pulse-Service-Key: {GatewayApp.ServiceKey}", "Content-Length: 0"];
}
