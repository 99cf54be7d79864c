using System.Net;
using System.Text;
using Pulse.Gateway.Routing;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure.Http;

namespace Pulse.Gateway.Tests.Routing;

public sealed class RouteTests(GatewayApp gateway) : IClassFixture<GatewayApp>
{
    private const bool Open = true;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>API.md, call by call; written apart from the route table that it checks.</summary>
    public static TheoryData<string, string, bool> Api => new()
    {
        { "POST /v1/auth/signup", "users", Open },
        { "POST /v1/auth/login", "users", Open },
        { "POST /v1/auth/refresh", "users", Open },
        { "POST /v1/auth/logout", "users", false },
        { "POST /v1/auth/password", "users", false },
        { "POST /v1/auth/password/forgot", "users", Open },
        { "POST /v1/auth/password/reset", "users", Open },
        { "POST /v1/auth/verify-email", "users", Open },
        { "GET /v1/users/me/export", "users", false },
        { "DELETE /v1/users/me", "users", false },
        { "GET /.well-known/jwks.json", "users", Open },
        { "GET /v1/users/me", "users", false },
        { "PATCH /v1/users/me", "users", false },
        { "GET /v1/users/{id}", "users", Open },
        { "GET /v1/users/by-username/{name}", "users", Open },
        { "GET /v1/users/search", "users", false },
        { "GET /v1/users/suggestions", "users", false },
        { "PUT /v1/users/{id}/follow", "users", false },
        { "DELETE /v1/users/{id}/follow", "users", false },
        { "GET /v1/users/{id}/followers", "users", Open },
        { "GET /v1/users/{id}/following", "users", Open },
        { "GET /v1/follow-requests", "users", false },
        { "POST /v1/follow-requests/{user_id}/accept", "users", false },
        { "POST /v1/follow-requests/{user_id}/reject", "users", false },
        { "PUT /v1/users/{id}/block", "users", false },
        { "DELETE /v1/users/{id}/block", "users", false },
        { "PUT /v1/users/{id}/mute", "users", false },
        { "POST /v1/admin/users/{id}/suspend", "users", false },
        { "POST /v1/admin/users/{id}/restore", "users", false },
        { "POST /v1/admin/users/{id}/limit", "users", false },
        { "GET /v1/admin/audit", "users", false },
        { "GET /v1/admin/reports", "posts", false },
        { "GET /v1/admin/reports/audit", "posts", false },
        { "POST /v1/admin/reports/{id}/resolve", "posts", false },
        { "POST /v1/reports", "posts", false },
        { "DELETE /v1/users/{id}/mute", "users", false },
        { "POST /v1/posts", "posts", false },
        { "GET /v1/posts/{id}", "posts", Open },
        { "DELETE /v1/posts/{id}", "posts", false },
        { "PATCH /v1/posts/{id}", "posts", false },
        { "GET /v1/posts/{id}/edits", "posts", true },
        { "GET /v1/posts/{id}/thread", "posts", false },
        { "GET /v1/users/{id}/posts", "posts", Open },
        { "PUT /v1/posts/{id}/like", "posts", false },
        { "DELETE /v1/posts/{id}/like", "posts", false },
        { "PUT /v1/posts/{id}/repost", "posts", false },
        { "DELETE /v1/posts/{id}/repost", "posts", false },
        { "PUT /v1/posts/{id}/bookmark", "posts", false },
        { "DELETE /v1/posts/{id}/bookmark", "posts", false },
        { "GET /v1/posts/{id}/likes", "posts", false },
        { "GET /v1/bookmarks", "posts", false },
        { "POST /v1/media", "posts", false },
        { "GET /v1/media/{id}", "posts", false },
        { "PATCH /v1/media/{id}", "posts", false },
        { "DELETE /v1/media/{id}", "posts", false },
        { "GET /v1/tags/{tag}/posts", "posts", false },
        { "GET /v1/search/posts", "posts", false },
        { "GET /v1/explore", "posts", false },
        { "GET /v1/feed", "timelines", false },
        { "GET /v1/feed/stream", "timelines", false },
        { "GET /v1/feed/explain/{post_id}", "timelines", false },
        { "GET /v1/notifications", "timelines", false },
        { "POST /v1/notifications/read", "timelines", false },
    };

    [Fact]
    public void RouteTable_Rows_AreAllKnownToTheseTests()
    {
        var known = Api.Select(row => row.Data.Item1).Concat(OldNameTests.OldNames.Select(row => row.Data.Item1.Replace("42", "{id}", StringComparison.Ordinal)));
        Assert.Equal(known.Order(StringComparer.Ordinal), RouteTable.All.Select(row => row.Call).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void RouteTable_Rows_NeverReachInternal()
    {
        Assert.All(RouteTable.All, row =>
        {
            Assert.Matches("^/(v1/|\\.well-known/)", row.TargetPath);
            Assert.DoesNotContain("*", row.Path, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Api))]
    public async Task Route_Called_ReachesItsServiceUnchanged(string call, string service, bool open)
    {
        var (method, path) = Concrete(call, "42");
        var upstream = gateway[service];
        var before = gateway.Upstreams.Sum(each => each.Requests.Count);
        using var content = method is "GET" or "DELETE" ? null : new StringContent("""{"a":1}""", Encoding.UTF8, "application/json");

        using var response = await gateway.SendAsync(method, path + "?limit=5&q=%2F..", Ct, anonymous: open, content);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(before + 1, gateway.Upstreams.Sum(each => each.Requests.Count));
        var received = upstream.Requests.Last();
        Assert.Equal(method, received.Method);
        Assert.Equal(path + "?limit=5&q=%2F..", received.Target);
        Assert.Equal(content is null ? "" : """{"a":1}""", received.Body);
        Assert.Equal(!open, received.Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [MemberData(nameof(Api))]
    public async Task Route_NoToken_IsRefusedUnlessOpen(string call, string service, bool open)
    {
        var (method, path) = Concrete(call, "42");
        var before = gateway[service].Requests.Count;

        using var response = await gateway.SendAsync(method, path, Ct, anonymous: true);

        if (open)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        await ProblemJson.AssertAsync(response, HttpStatusCode.Unauthorized, Ct);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(before, gateway[service].Requests.Count);
    }

    [Theory]
    [InlineData("GET", "/v1/nothing")]
    [InlineData("GET", "/v1")]
    [InlineData("POST", "/v2/posts")]
    [InlineData("GET", "/v1/users/42/secrets")]
    [InlineData("GET", "/metrics")]
    public async Task UnknownPath_NoToken_Is404(string method, string path)
    {
        using var response = await gateway.SendAsync(method, path, Ct, anonymous: true);

        await ProblemJson.AssertAsync(response, HttpStatusCode.NotFound, Ct);
    }

    [Theory]
    [InlineData("GET", "/v1/auth/login", "POST")]
    [InlineData("DELETE", "/v1/feed", "GET")]
    [InlineData("PUT", "/v1/posts", "POST")]
    [InlineData("POST", "/v1/users/me", "DELETE, GET, PATCH")]
    [InlineData("OPTIONS", "/timeline", "GET")]
    [InlineData("POST", "/system/health", "GET")]
    public async Task WrongMethod_NoToken_Is405AndNamesTheRightOnes(string method, string path, string allowed)
    {
        using var response = await gateway.SendAsync(method, path, Ct, anonymous: true);

        await ProblemJson.AssertAsync(response, HttpStatusCode.MethodNotAllowed, Ct);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
    }

    internal static (string Method, string Path) Concrete(string call, string value)
    {
        var parts = call.Split(' ');
        return (parts[0], string.Join('/', parts[1].Split('/').Select(segment => segment.StartsWith('{') ? value : segment)));
    }
}
