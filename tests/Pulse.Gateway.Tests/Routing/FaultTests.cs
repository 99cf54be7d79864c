using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Yarp.ReverseProxy.Configuration;

namespace Pulse.Gateway.Tests.Routing;

public sealed class FaultTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/v1/feed")]
    [InlineData("GET", "/timeline")]
    public async Task Service_Away_Is503WithRetryAfter(string method, string path)
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        await gateway.Timelines.StopAsync();

        using var response = await gateway.SendAsync(method, path, Ct);

        var problem = await ProblemJson.AssertAsync(response, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.Equal("/problems/unavailable", problem.GetProperty("type").GetString());
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.True(response.Headers.Contains("X-RateLimit-Remaining"));
    }

    [Fact]
    public async Task Service_AwayWithABody_Is503WithRetryAfter()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        await gateway.Posts.StopAsync();
        using var content = new StringContent("""{"content":"hi"}""", Encoding.UTF8, "application/json");

        using var response = await gateway.SendAsync("POST", "/v1/posts", Ct, content: content);

        await ProblemJson.AssertAsync(response, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Service_FallsSilent_Is503ForThoseWhoWaitAndThoseWhoCome_UntilItAnswers()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        var thaw = new TaskCompletionSource();
        gateway.Posts.Alive = gateway.Posts.Answer = context => thaw.Task.WaitAsync(context.RequestAborted);

        var waiting = gateway.SendAsync("GET", "/v1/posts/42", Ct);
        foreach (var answer in (Task<HttpResponseMessage>[])[waiting, waiting.ContinueWith(_ => gateway.SendAsync("GET", "/v1/posts/43", Ct), Ct, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap()])
        {
            using var response = await answer;
            var problem = await ProblemJson.AssertAsync(response, HttpStatusCode.ServiceUnavailable, Ct);
            Assert.Equal("/problems/unavailable", problem.GetProperty("type").GetString());
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        }

        // The other services are not meant, and the second call was not even sent.
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync("GET", "/v1/feed", Ct)).StatusCode);
        Assert.DoesNotContain(gateway.Posts.Requests, request => request.Target == "/v1/posts/43");

        gateway.Posts.Answer = context => context.Response.WriteAsync("{}");
        thaw.SetResult();
        await Until.TrueAsync(async () => (await gateway.SendAsync("GET", "/v1/posts/44", Ct)).StatusCode == HttpStatusCode.OK, "the calls come back", Ct);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Service_IsSlowAndAlive_IsWaitedFor()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        var (proofs, done) = (0, new TaskCompletionSource());
        gateway.Posts.Answer = context => done.Task.WaitAsync(context.RequestAborted);
        gateway.Posts.Alive = context =>
        {
            // More proofs of life than a silent service has time for.
            if (Interlocked.Increment(ref proofs) == 10) done.SetResult();
            return context.Response.WriteAsync("Healthy");
        };

        using var response = await gateway.SendAsync("GET", "/v1/posts/42", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Service_BreaksOff_Is502()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        gateway.Posts.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var content = new StringContent("""{"content":"hi"}""", Encoding.UTF8, "application/json");

        using var response = await gateway.SendAsync("POST", "/v1/posts", Ct, content: content);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadGateway, Ct);
        Assert.Null(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Service_TooSlow_Is504()
    {
        await using var gateway = await GatewayApp.StartAsync([], services => services.AddSingleton<IProxyConfigFilter, ShortPatience>());
        gateway.Posts.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);

        using var response = await gateway.SendAsync("GET", "/v1/posts/42", Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.GatewayTimeout, Ct);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("image/png, text/*")]
    [InlineData("application/xml;q=0.9")]
    public async Task Error_CallerAcceptsNoJson_IsAProblemAllTheSame(string accept)
    {
        (string Method, string Path, HttpStatusCode Status)[] calls =
        [
            ("GET", "/v1/nothing", HttpStatusCode.NotFound), ("GET", "/v1/feed", HttpStatusCode.Unauthorized), ("DELETE", "/v1/auth/login", HttpStatusCode.MethodNotAllowed),
            ("GET", "/v1/users/7?" + new string('x', 7_000), HttpStatusCode.RequestUriTooLong), ("GET", "/v1/users/7", HttpStatusCode.ServiceUnavailable), ("GET", "/v1/users/8", HttpStatusCode.TooManyRequests),
        ];
        await using var gateway = await GatewayApp.StartAsync([("RateLimits:EverythingElsePerMinute", "5"), ("RateLimits:Scale", "1")]);
        await gateway.Users.StopAsync();
        foreach (var (method, path, status) in calls)
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
            request.Headers.TryAddWithoutValidation("Accept", accept);

            using var response = await gateway.Client.SendAsync(request, Ct);

            await ProblemJson.AssertAsync(response, status, Ct);
        }
    }

    [Fact]
    public async Task Service_BareError_BecomesAProblem()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        gateway.Posts.Answer = context =>
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        };

        using var response = await gateway.SendAsync("GET", "/v1/posts/42", Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.NotFound, Ct);
    }

    [Fact]
    public async Task Service_AnswersProblem_IsPassedOn()
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        gateway.Users.Answer = context =>
        {
            context.Response.StatusCode = 400;
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync("""{"type":"/problems/invalid-request","title":"t","status":400,"detail":"d","instance":"/v1/users/42/follow","errors":{"id":["x"]}}""");
        };

        using var response = await gateway.SendAsync("PUT", "/v1/users/42/follow", Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "id");
    }

    [Theory]
    [InlineData(64 * 1024, false, HttpStatusCode.OK)]
    [InlineData((64 * 1024) + 1, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(2 * 1024 * 1024, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData((64 * 1024) + 1, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Body_Size_IsLimited(int bytes, bool chunked, HttpStatusCode expected)
    {
        await using var gateway = await GatewayApp.StartAsync([]);
        using var content = new ByteArrayContent(new byte[bytes]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/auth/signup") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await gateway.Client.SendAsync(request, Ct);

        if (expected == HttpStatusCode.OK) Assert.Equal(expected, response.StatusCode);
        else await ProblemJson.AssertAsync(response, expected, Ct);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, gateway.Users.Requests.Count);
    }

    private sealed class ShortPatience : IProxyConfigFilter
    {
        public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) =>
            ValueTask.FromResult(cluster with { HttpRequest = cluster.HttpRequest! with { ActivityTimeout = TimeSpan.FromMilliseconds(100) } });

        public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => ValueTask.FromResult(route);
    }
}
