using System.Net;

namespace Pulse.SystemTests.Security;

/// <summary>The internal calls, with the real service key and a good token in hand: there is no way to them from outside.</summary>
public sealed class InternalTests(RunningPulse pulse) : SecurityTest(pulse)
{
    private static Account? _account;

    /// <summary>Request targets. <c>{user}</c> is an id that the call would find, <c>{users}</c> the address of UserService.</summary>
    public static TheoryData<string> Targets =>
    [
        "/internal", "/internal/", "/internal/users/{user}/graph", "/INTERNAL/users/{user}/graph", "/Internal/Users/{user}/Graph",
        "//internal/users/{user}/graph", "///internal/users/{user}/graph", "/internal//users/{user}/graph", "/v1//internal/users/{user}/graph", "/v1/internal/users/{user}/graph",
        "/./internal/users/{user}/graph", "/v1/../internal/users/{user}/graph", "/v1/users/../../internal/users/{user}/graph", "/v1/feed/../../internal/users/{user}/graph",
        "/v1/users/%2e%2e/%2e%2e/internal/users/{user}/graph", "/v1/users/%2E%2E/../internal/users/{user}/graph", "/v1/users/.%2e/.%2e/internal/users/{user}/graph",
        "/v1/users/%252e%252e/%252e%252e/internal/users/{user}/graph", "/v1/users/..%252f..%252finternal%252fusers%252f{user}%252fgraph",
        "/v1/users/..%2f..%2finternal%2fusers%2f{user}%2fgraph", "/v1/users/by-username/..%2f..%2f..%2finternal%2fusers%2f{user}%2fgraph",
        "/v1/users/..%5c..%5cinternal%5cusers%5c{user}%5cgraph", "/v1/users/..\\..\\internal\\users\\{user}\\graph", "\\internal\\users\\{user}\\graph", "/\\internal/users/{user}/graph",
        "/v1/users/..;/..;/internal/users/{user}/graph", "/v1/users/..;x=1/..;x=1/internal/users/{user}/graph", "/;/internal/users/{user}/graph", "/internal;/users/{user}/graph", "/internal;x=1/users/{user}/graph",
        "/internal./users/{user}/graph", "/internal%20/users/{user}/graph", "/internal%09/users/{user}/graph", "/internal%00/users/{user}/graph", "/%00/internal/users/{user}/graph",
        "/%69nternal/users/{user}/graph", "/%49NTERNAL/users/{user}/graph", "/%2569nternal/users/{user}/graph", "/%2finternal/users/{user}/graph", "/%2Finternal%2Fusers%2F{user}%2Fgraph", "/%5cinternal/users/{user}/graph",
        "/%c0%afinternal/users/{user}/graph", "/%e0%80%afinternal/users/{user}/graph", "/v1/users/%c0%ae%c0%ae/internal", "/%uff0finternal/users/{user}/graph", "/v1/users/%ef%bc%8e%ef%bc%8e/internal",
        "/internal/users/{user}/graph?x=/v1/feed", "/internal/users/{user}/graph#/v1/feed", "/v1/feed?/../../internal/users/{user}/graph#", "/v1/users/{user}/graph", "/v1/users/{user}/../../../internal/users/{user}/graph",
        "/users/follow/..%2f..%2finternal", "/users/../internal/users/{user}/graph", "/timeline/../internal/users/{user}/graph", "/docs/../internal/users/{user}/graph", "/openapi/../internal/users/{user}/graph", "/system/../internal/users/{user}/graph",
        "http://{users}/internal/users/{user}/graph", "http://users/internal/users/{user}/graph", "http://{gateway}/internal/users/{user}/graph", "http://{gateway}//internal/users/{user}/graph",
        "http://{gateway}@{users}/internal/users/{user}/graph", "{users}", "*", "internal/users/{user}/graph",
        "/internal/posts/batch", "/internal/timelines/refill", "/internal/seed", "/internal/dead-letters",
    ];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Internal_AnyTarget_IsUnreachable(string target)
    {
        var fill = await FillAsync();
        foreach (var method in (string[])["GET", "POST", "PUT", "OPTIONS", "CONNECT", "TRACE", "HEAD"])
        {
            var answer = await RawGateway.SendAsync(Pulse, $"{method} {fill(target)}", fill(Everything).Split('\n'), Ct);

            // A query belongs to the path before it; a path that is plain and unknown is 404; what is no path at all is refused by the web server.
            var isFeed = target.StartsWith("/v1/feed?", StringComparison.Ordinal);
            Assert.True(answer is { Status: 400 or 404 or 405 or 501 } || (isFeed && answer.Status == 200), $"{method} {target}: {answer.Text}");
            var isPath = target.StartsWith('/') || target.StartsWith("http:", StringComparison.Ordinal);
            Assert.True(answer.IsProblem || answer.Status is 400 or 200 or 501 || method == "HEAD" || !isPath, $"{method} {target} is refused without a problem: {answer.Text}");
            Assert.DoesNotContain("followees", answer.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>Headers by which proxies and frameworks let a caller name another path, method or host.</summary>
    public static TheoryData<string> Headers =>
    [
        "X-Original-URL: /internal/users/{user}/graph", "X-Rewrite-URL: /internal/users/{user}/graph", "X-Original-URI: /internal/users/{user}/graph",
        "X-Override-URL: /internal/users/{user}/graph", "X-Forwarded-Path: /internal/users/{user}/graph", "X-Forwarded-Uri: /internal/users/{user}/graph",
        "X-Forwarded-Prefix: /internal", "X-Envoy-Original-Path: /internal/users/{user}/graph", "X-Accel-Redirect: /internal/users/{user}/graph",
        "X-Sendfile: /etc/passwd", "X-Script-Name: /internal", "Destination: /internal/users/{user}/graph", "Referer: http://{users}/internal",
        "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE", "X-Forwarded-Method: DELETE",
        "X-Forwarded-Host: {users}", "X-Host: {users}", "Forwarded: for=127.0.0.1;host={users};proto=https", "X-Forwarded-Server: users", "X-Real-IP: 127.0.0.1",
        "X-Forwarded-For: 127.0.0.1", "X-Original-Host: {users}", "X-Pulse-Service-Key: {key}", "X_Pulse_Service_Key: {key}", "Upgrade: h2c\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA", "Expect: 100-continue",
        "Connection: X-RateLimit-Limit, Authorization", "Max-Forwards: 0",
    ];

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Call_WithAHeaderThatNamesAnother_IsTheCallItIs(string header)
    {
        var fill = await FillAsync();

        var answer = await RawGateway.SendAsync(Pulse, fill("GET /v1/users/{user}"), fill(header).Split('\n'), Ct);

        Assert.True(answer is { Status: 200, Answers: 1 }, answer.Text);
        Assert.Contains(fill("\"id\":\"{user}\""), answer.Text, StringComparison.Ordinal);
    }

    /// <summary>Hosts of an ordinary call; the gateway routes by path alone.</summary>
    public static TheoryData<string> Hosts => ["users", "{users}", "internal", "127.0.0.1", "localhost:1", "evil.example", "users/internal", "evil.example:80@{users}", "", "a b"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Call_WithAnotherHost_GoesNowhereElse(string host)
    {
        var fill = await FillAsync();

        var answer = await RawGateway.SendAsync(Pulse, fill($"GET /internal/users/{{user}}/graph HTTP/1.1\r\nHost: {host}\r\nX-Pulse-Service-Key: {{key}}\r\nConnection: close\r\n\r\n"), Ct);

        Assert.True(answer is { Status: 400, Answers: 1 } or { Status: 404, IsProblem: true, Answers: 1 }, answer.Text);
        Assert.DoesNotContain("evil.example", answer.Text, StringComparison.Ordinal);
    }

    /// <summary>Paths that routing could take for another call, and what comes without a token.</summary>
    public static TheoryData<string, HttpStatusCode> Paths => new()
    {
        { "/V1/FEED", HttpStatusCode.Unauthorized },
        { "/v1/feed/", HttpStatusCode.Unauthorized },
        { "/v1/feed.", HttpStatusCode.NotFound },
        { "/v1/feed;x=1", HttpStatusCode.NotFound },
        { "/v1/feed%20", HttpStatusCode.NotFound },
        { "/v1/feed%3f", HttpStatusCode.NotFound },
        { "/v1/feed%2f", HttpStatusCode.NotFound },
        { "/v1/feed/.", HttpStatusCode.NotFound },
        { "/v1/feed/..", HttpStatusCode.NotFound },
        { "/v1/feed.json", HttpStatusCode.NotFound },
        { "/v1/users/me/", HttpStatusCode.Unauthorized },
        { "/v1/users/ME", HttpStatusCode.Unauthorized },
        { "/v1/users/%6de", HttpStatusCode.Unauthorized },
        { "/v1/docs/../users/me", HttpStatusCode.NotFound },
        { "/docs/..%2f..%2f..%2f..%2fetc/passwd", HttpStatusCode.NotFound },
        { "/docs/../../../../etc/passwd", HttpStatusCode.NotFound },
        { "/docs/%2e%2e/%2e%2e/appsettings.json", HttpStatusCode.NotFound },
        { "/docs/appsettings.json", HttpStatusCode.NotFound },
        { "/appsettings.json", HttpStatusCode.NotFound },
        { "/.env", HttpStatusCode.NotFound },
        { "/.git/config", HttpStatusCode.NotFound },
        { "/v1/users/-1", HttpStatusCode.BadRequest },
        { "/v1/posts/9223372036854775808", HttpStatusCode.BadRequest },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Path_AlmostThatOfACall_IsRefused(string path, HttpStatusCode expected)
    {
        var answer = await RawGateway.SendAsync(Pulse, "GET " + path, [], Ct);

        Assert.True(answer.Status == (int)expected && answer is { IsProblem: true, Answers: 1 }, answer.Text);
    }

    private const string Everything = "Authorization: Bearer {token}\nX-Pulse-Service-Key: {key}\nContent-Length: 0";

    private async Task<Func<string, string>> FillAsync()
    {
        var account = _account ??= await NewAccountAsync();
        var key = (await Pulse.SecretsAsync(Ct))["service-key"];
        UsedSecrets.Add("service key", key);
        var users = new Uri((await Pulse.StatusAsync("users", Ct)).GetProperty("urls")[0].GetString()!).Authority;
        return text => text.Replace("{user}", account.Id, StringComparison.Ordinal).Replace("{token}", account.Access, StringComparison.Ordinal)
            .Replace("{key}", key, StringComparison.Ordinal).Replace("{users}", users, StringComparison.Ordinal)
            .Replace("{gateway}", Pulse.Api.BaseAddress!.Authority, StringComparison.Ordinal);
    }
}
