using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.RateLimiting;

public sealed class RateLimitTests
{
    private readonly ManualClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/v1/auth/login", 10, 60)]
    [InlineData("POST", "/auth/login", 10, 60)]
    [InlineData("POST", "/v1/auth/signup", 5, 3600)]
    [InlineData("POST", "/v1/auth/password/forgot", 5, 3600)]
    [InlineData("POST", "/v1/auth/password/reset", 10, 60)]
    [InlineData("POST", "/v1/auth/verify-email", 10, 60)]
    [InlineData("POST", "/v1/posts", 60, 3600)]
    [InlineData("POST", "/tweets", 60, 3600)]
    [InlineData("PUT", "/v1/users/42/follow", 200, 3600)]
    [InlineData("POST", "/users/follow/42", 200, 3600)]
    [InlineData("PUT", "/v1/posts/42/like", 1000, 3600)]
    [InlineData("DELETE", "/v1/posts/42/like", 600, 60)]
    [InlineData("GET", "/v1/feed", 600, 60)]
    [InlineData("GET", "/v1/nothing", 600, 60)]
    [InlineData("GET", "/system/health", 600, 60)]
    [InlineData("GET", "/docs/index.html", 600, 60)]
    public async Task Answer_AnyCall_TellsLimitRemainingAndReset(string method, string path, int limit, int seconds)
    {
        await using var gateway = await StartAsync(("RateLimits:Scale", "1"));

        using var response = await gateway.SendAsync(method, path, Ct);

        Assert.Equal(limit, Number(response, "X-RateLimit-Limit"));
        Assert.Equal(limit - 1, Number(response, "X-RateLimit-Remaining"));
        // Whoever waits until then finds a new window: the second in which it begins has to be over.
        Assert.Equal((long)Math.Ceiling((_clock.GetUtcNow().AddSeconds(seconds) - DateTimeOffset.UnixEpoch).TotalSeconds), Number(response, "X-RateLimit-Reset"));
    }

    [Fact]
    public async Task Login_OverTheLimit_Is429UntilTheWindowEnds()
    {
        await using var gateway = await StartAsync(("RateLimits:Scale", "1"));
        for (var i = 0; i < 10; i++)
        {
            using var accepted = await gateway.SendAsync("POST", "/v1/auth/login", Ct, anonymous: true);
            Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        }

        _clock.Advance(TimeSpan.FromSeconds(20));
        using var refused = await gateway.SendAsync("POST", "/auth/login", Ct, anonymous: true);

        var problem = await ProblemJson.AssertAsync(refused, HttpStatusCode.TooManyRequests, Ct);
        Assert.Equal("/problems/rate-limited", problem.GetProperty("type").GetString());
        Assert.Equal(TimeSpan.FromSeconds(40), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(0, Number(refused, "X-RateLimit-Remaining"));
        Assert.Equal(10, gateway.Users.Requests.Count);

        _clock.Advance(TimeSpan.FromSeconds(40));
        using var later = await gateway.SendAsync("POST", "/v1/auth/login", Ct, anonymous: true);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task Login_WithATokenOrSpoofedAddress_CountsForTheAddressAllTheSame()
    {
        await using var gateway = await StartAsync(("RateLimits:Scale", "0.1"));
        using var first = await gateway.SendAsync("POST", "/v1/auth/login", Ct, user: 1);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/auth/login");
        request.Headers.Add("X-Forwarded-For", "203.0.113.77");

        using var second = await gateway.Client.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await ProblemJson.AssertAsync(second, HttpStatusCode.TooManyRequests, Ct);
    }

    [Fact]
    public async Task Scale_Lowered_LowersEveryLimit()
    {
        await using var gateway = await StartAsync(("RateLimits:Scale", "0.5"));

        using var post = await gateway.SendAsync("POST", "/v1/posts", Ct);
        using var feed = await gateway.SendAsync("GET", "/v1/feed", Ct);

        Assert.Equal(30, Number(post, "X-RateLimit-Limit"));
        Assert.Equal(300, Number(feed, "X-RateLimit-Limit"));
    }

    [Fact]
    public async Task Posts_OfTwoUsers_CountApartAndApartFromReads()
    {
        await using var gateway = await StartAsync(("RateLimits:Scale", "1"), ("RateLimits:PostsPerHour", "1"));

        using var mine = await gateway.SendAsync("POST", "/v1/posts", Ct, user: 1);
        using var again = await gateway.SendAsync("POST", "/posts", Ct, user: 1);
        using var other = await gateway.SendAsync("POST", "/v1/posts", Ct, user: 2);
        using var read = await gateway.SendAsync("GET", "/v1/feed", Ct, user: 1);

        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
        await ProblemJson.AssertAsync(again, HttpStatusCode.TooManyRequests, Ct);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task Calls_WithoutToken_CountForTheAddressAndCarryHeadersWhenRefused()
    {
        await using var gateway = await StartAsync(("RateLimits:Scale", "1"), ("RateLimits:EverythingElsePerMinute", "2"));

        using var unauthorized = await gateway.SendAsync("GET", "/v1/feed", Ct, anonymous: true);
        using var unknown = await gateway.SendAsync("GET", "/v1/nothing", Ct, anonymous: true);
        using var refused = await gateway.SendAsync("GET", "/v1/feed", Ct, anonymous: true);
        using var withToken = await gateway.SendAsync("GET", "/v1/feed", Ct);

        await ProblemJson.AssertAsync(unauthorized, HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(1, Number(unauthorized, "X-RateLimit-Remaining"));
        await ProblemJson.AssertAsync(unknown, HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.TooManyRequests, Ct);
        Assert.Equal(HttpStatusCode.OK, withToken.StatusCode);
    }

    [Fact]
    public async Task Probes_OfTheGateway_AreNeverLimited()
    {
        await using var gateway = await StartAsync(("RateLimits:Scale", "1"), ("RateLimits:EverythingElsePerMinute", "1"));
        for (var i = 0; i < 3; i++)
        {
            using var health = await gateway.Client.GetAsync("/health", Ct);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
    }

    [Fact]
    public async Task Scale_Zero_StopsTheStart()
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("RateLimits:Scale", "0")));
    }

    private Task<GatewayApp> StartAsync(params (string Key, string Value)[] settings) =>
        GatewayApp.StartAsync(settings, services => services.AddSingleton<TimeProvider>(_clock));

    private static long Number(HttpResponseMessage response, string header) =>
        long.Parse(Assert.Single(response.Headers.GetValues(header)), CultureInfo.InvariantCulture);
}
