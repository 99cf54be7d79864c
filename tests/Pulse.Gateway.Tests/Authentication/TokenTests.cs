using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Pulse.Contracts.Ids;
using Pulse.Gateway.Tests.Hosting;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.Authentication;

public sealed class TokenTests(GatewayApp gateway) : IClassFixture<GatewayApp>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> BadTokens => ["", "x", "a.b.c", "expired", "foreign", "unsigned", "tampered"];

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Token_Bad_Is401BeforeTheServiceIsCalled(string kind)
    {
        var before = gateway.Timelines.Requests.Count;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/feed");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Token(kind));

        using var response = await gateway.Client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.Unauthorized, Ct);
        Assert.StartsWith("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, gateway.Timelines.Requests.Count);
    }

    [Fact]
    public async Task Token_Valid_IsPassedOn()
    {
        using var response = await gateway.SendAsync("GET", "/v1/feed", Ct, user: 12);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var header = AuthenticationHeaderValue.Parse(gateway.Timelines.Requests.Last().Headers["Authorization"]);
        Assert.Equal("Bearer", header.Scheme);
        Assert.Equal(3, header.Parameter!.Split('.').Length);
    }

    [Fact]
    public async Task Token_OnAnOpenCall_IsPassedOn()
    {
        using var response = await gateway.SendAsync("GET", "/v1/posts/1", Ct, user: 12);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("Bearer ", gateway.Posts.Requests.Last().Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SigningKeys_Unknown_Is503WithRetryAfterAndLimitHeaders()
    {
        await using var cold = await GatewayApp.StartAsync([], services => services.AddSingleton<ISigningKeys, NoKeys>());

        using var response = await cold.SendAsync("GET", "/v1/feed", Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.True(response.Headers.Contains("X-RateLimit-Limit"));
    }

    private string Token(string kind)
    {
        using var foreign = new TestTokens();
        var good = gateway.TokenFor(7);
        return kind switch
        {
            "expired" => gateway.Tokens.Expired(new UserId(7), "user7"),
            "foreign" => foreign.For(new UserId(7), "user7"),
            "unsigned" => $"eyJhbGciOiJub25lIn0.{good.Split('.')[1]}.",
            "tampered" => string.Join('.', gateway.TokenFor(8).Split('.')[..2]) + "." + good.Split('.')[2],
            _ => kind,
        };
    }

    private sealed class NoKeys : ISigningKeys
    {
        public IReadOnlyCollection<SecurityKey> Current => [];

        public ValueTask EnsureAsync(string? keyId, CancellationToken ct) => throw new DependencyUnavailableException("users");
    }
}
