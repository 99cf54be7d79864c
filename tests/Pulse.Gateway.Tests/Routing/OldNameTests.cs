using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.Routing;

public sealed class OldNameTests(GatewayApp gateway) : IClassFixture<GatewayApp>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Old call, the call that the service gets, the service, whether it is open.</summary>
    public static TheoryData<string, string, string, bool> OldNames => new()
    {
        { "POST /auth/signup", "POST /v1/auth/signup", "users", true },
        { "POST /auth/login", "POST /v1/auth/login", "users", true },
        { "POST /posts", "POST /v1/posts", "posts", false },
        { "POST /tweets", "POST /v1/posts", "posts", false },
        { "GET /timeline", "GET /v1/feed", "timelines", false },
        { "POST /users/follow/42", "PUT /v1/users/42/follow", "users", false },
        { "POST /users/unfollow/42", "DELETE /v1/users/42/follow", "users", false },
        { "GET /users/42/followers", "GET /v1/users/42/followers", "users", true },
        { "GET /users/42/following", "GET /v1/users/42/following", "users", true },
        { "POST /v1/posts/42/like", "PUT /v1/posts/42/like", "posts", false },
    };

    [Theory]
    [MemberData(nameof(OldNames))]
    public async Task OldName_Called_ReachesTheNewCall(string old, string expected, string service, bool open)
    {
        var (method, path) = RouteTests.Concrete(old, "42");
        using var content = method == "GET" ? null : new StringContent("""{"text":"hi"}""", Encoding.UTF8, "application/json");

        using var response = await gateway.SendAsync(method, path + "?limit=3", Ct, anonymous: open, content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var received = gateway[service].Requests.Last();
        Assert.Equal(expected + "?limit=3", $"{received.Method} {received.Target}");
        Assert.Equal(content is null ? "" : """{"text":"hi"}""", received.Body);
    }

    [Fact]
    public async Task OldName_BodilessPost_ReachesTheNewCall()
    {
        using var response = await gateway.SendAsync("POST", "/users/follow/43", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("/v1/users/43/follow", gateway.Users.Requests.Last().Target);
    }

    [Theory]
    [MemberData(nameof(OldNames))]
    public async Task OldName_NoToken_IsRefusedUnlessOpen(string old, string expected, string service, bool open)
    {
        _ = expected;
        var (method, path) = RouteTests.Concrete(old, "42");
        var before = gateway[service].Requests.Count;

        using var response = await gateway.SendAsync(method, path, Ct, anonymous: true);

        if (open) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        else await ProblemJson.AssertAsync(response, HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(open ? before + 1 : before, gateway[service].Requests.Count);
    }

    [Theory]
    [InlineData("/timeline?offset=0")]
    [InlineData("/timeline?limit=10&OFFSET=20")]
    public async Task Timeline_WithOffset_Is400AndNamesCursor(string path)
    {
        var before = gateway.Timelines.Requests.Count;

        using var response = await gateway.SendAsync("GET", path, Ct);

        var problem = await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "offset");
        Assert.Contains("cursor", problem.GetProperty("errors").GetProperty("offset")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(before, gateway.Timelines.Requests.Count);
    }

    [Fact]
    public async Task OldName_ServiceAnswersProblem_InstanceIsTheCallersPath()
    {
        await using var own = await GatewayApp.StartAsync([]);
        own.Users.Answer = context =>
        {
            context.Response.StatusCode = 409;
            return context.Response.WriteAsJsonAsync(
                new { type = "/problems/username-taken", title = "Conflict", status = 409, detail = "Taken.", instance = "/v1/auth/signup", trace_id = "abc" },
                options: null, "application/problem+json");
        };

        using var response = await own.SendAsync("POST", "/auth/signup", Ct, anonymous: true);

        var problem = await ProblemJson.AssertAsync(response, HttpStatusCode.Conflict, Ct);
        Assert.Equal("/problems/username-taken", problem.GetProperty("type").GetString());
        Assert.Equal("abc", problem.GetProperty("trace_id").GetString());
    }
}
