using System.Net;
using Microsoft.Extensions.Options;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.Protection;

public sealed class TrustedProxyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ForwardedHeaders:KnownProxies:0", "127.0.0.1")]
    [InlineData("ForwardedHeaders:KnownNetworks:0", "127.0.0.0/8")]
    public async Task Forwarded_ByATrustedProxy_IsTheCaller(string key, string value)
    {
        await using var gateway = await GatewayApp.StartAsync([(key, value), ("RateLimits:Scale", "1"), ("RateLimits:LoginsPerMinute", "1")]);

        using var first = await LogInAsync(gateway, "203.0.113.1", "https");
        using var again = await LogInAsync(gateway, "198.51.100.9, 203.0.113.1", "https");
        using var other = await LogInAsync(gateway, "203.0.113.2", "https");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        // What stands before the proxy's own entry anybody may have written.
        await ProblemJson.AssertAsync(again, HttpStatusCode.TooManyRequests, Ct);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal("max-age=31536000", Assert.Single(other.Headers.GetValues("Strict-Transport-Security")));
        var received = gateway.Users.Requests.Last().Headers;
        Assert.Equal("203.0.113.2", received["X-Forwarded-For"]);
        Assert.Equal("https", received["X-Forwarded-Proto"]);
        Assert.DoesNotContain("X-Original-For", received.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData(null)]
    public async Task Forwarded_ByAnybodyElse_IsIgnoredAndNotPassedOn(string? network)
    {
        (string Key, string Value)[] trust = network is null ? [] : [("ForwardedHeaders:KnownNetworks:0", network)];
        await using var gateway = await GatewayApp.StartAsync([.. trust, ("RateLimits:Scale", "1"), ("RateLimits:LoginsPerMinute", "1")]);

        using var first = await LogInAsync(gateway, "203.0.113.1", "https");
        using var other = await LogInAsync(gateway, "203.0.113.2", "https");

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await ProblemJson.AssertAsync(other, HttpStatusCode.TooManyRequests, Ct);
        Assert.False(first.Headers.Contains("Strict-Transport-Security"));
        Assert.DoesNotContain(gateway.Users.Requests.Single().Headers, header => header.Value.Contains("203.0.113", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ForwardedHeaders:KnownProxies:0", "loadbalancer")]
    [InlineData("ForwardedHeaders:KnownNetworks:0", "10.0.0.0/99")]
    public async Task Trust_NotAnAddress_StopsTheStart(string key, string value)
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayApp.StartAsync([(key, value)]));
    }

    private static Task<HttpResponseMessage> LogInAsync(GatewayApp gateway, string forwardedFor, string proto)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/auth/login");
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        request.Headers.Add("X-Forwarded-Proto", proto);
        return gateway.Client.SendAsync(request, Ct);
    }
}
