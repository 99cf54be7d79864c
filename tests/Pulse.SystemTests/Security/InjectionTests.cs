using System.Net;
using System.Text.Json;

namespace Pulse.SystemTests.Security;

/// <summary>Text that would be more than text to a careless program.</summary>
public sealed class InjectionTests(RunningPulse pulse) : SecurityTest(pulse)
{
    private static Account? _account;

    public static TheoryData<string> Texts =>
    [
        "' OR '1'='1", "'; DROP TABLE users; --", "\" OR \"\"=\"", "1; SELECT pg_sleep(10)", "' UNION SELECT password_hash FROM users --", "') OR 1=1 --", "\\'; DELETE FROM posts; --",
        "%' OR username LIKE '%", "$1", "@p0", "{0}", "${jndi:ldap://127.0.0.1/a}", "{{7*7}}", "<script>alert(1)</script>", "../../etc/passwd", "x\r\nSet-Cookie: a=b", "x\nX-Injected: 1", "x\0y", "\u202eevil", "\ufeff", "a\u0301",
        "EVAL \"return 1\" 0", "*1\r\n$8\r\nFLUSHALL\r\n", "%s%s%n", "'||(SELECT 1)||'", "\ud83d\udc4d",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Text_InAnyFieldOrQuery_IsOnlyText(string text)
    {
        var account = _account ??= await NewAccountAsync();
        var fresh = $"{account.Username}_{Math.Abs(text.GetHashCode(StringComparison.Ordinal)) % 100_000}";
        var (email, password) = ($"{fresh}@example.org", UsedSecrets.New("password"));
        (string Path, object Body)[] writes =
        [
            ("/v1/auth/signup", new { username = text, email, password }),
            ("/v1/auth/signup", new { username = fresh, email = text, password }),
            ("/v1/auth/signup", new { username = fresh, email, password = text }),
            ("/v1/auth/signup", new { username = fresh + "d", email = "d" + email, password, display_name = text }),
            ("/v1/auth/login", new { username = text, password }),
            ("/v1/auth/login", new { username = account.Username, password = text }),
            ("/v1/auth/refresh", new { refresh_token = text }),
            ("/v1/posts", new { content = text, in_reply_to = text }),
            ("/v1/posts", new { content = "x", visibility = text }),
        ];
        foreach (var (path, body) in writes)
        {
            using var answer = await SendAsync("POST", path, account.Access, Json(body));
            await NeverAFaultAsync(answer);
        }

        var value = Uri.EscapeDataString(text);
        foreach (var path in (string[])
        [
            "/v1/users/by-username/{0}", "/v1/users/{0}", "/v1/posts/{0}", "/v1/users/{0}/followers", "/v1/users/{0}/posts", "/v1/users/search?q={0}", "/v1/search/posts?q={0}", "/v1/tags/{0}/posts", "/v1/posts/{0}/thread", "/v1/explore?cursor={0}",
            "/v1/feed?cursor={0}", "/v1/feed?limit={0}", "/v1/feed?rank={0}", $"/v1/users/{account.Id}/followers?cursor={{0}}", $"/v1/users/{account.Id}/following?limit={{0}}",
            $"/v1/users/{account.Id}/posts?cursor={{0}}", "/timeline?offset={0}", "/v1/feed?{0}={0}",
        ])
        {
            // The web server itself refuses NUL in a path, with a bare 400.
            if (text.Contains('\0') && !path.Contains('?', StringComparison.Ordinal)) continue;
            using var answer = await SendAsync("GET", path.Replace("{0}", value, StringComparison.Ordinal), account.Access);
            await NeverAFaultAsync(answer);
        }

        foreach (var header in (string[])["Idempotency-Key", "Last-Event-ID", "If-None-Match", "Accept", "Accept-Language", "traceparent", "tracestate", "User-Agent"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/users/{account.Id}");
            if (!request.Headers.TryAddWithoutValidation(header, string.Concat(text.Select(letter => char.IsAscii(letter) && !char.IsControl(letter) ? letter : ' ')))) continue;
            using var answer = await Pulse.Api.SendAsync(request, Ct);
            await NeverAFaultAsync(answer);
        }

        await StoredAsIsAsync(account, text);
        // The tables are still there, and so is everybody in them.
        using var me = await SendAsync("GET", "/v1/users/me", account.Access);
        Assert.Equal(account.Username, (await me.MustJsonAsync(Ct)).GetProperty("username").GetString());
    }

    /// <summary>Line breaks that would begin a header of the answer, or of the forwarded call.</summary>
    public static TheoryData<string, string> Breaks => new()
    {
        { "GET /v1/users/%0d%0aX-Injected:%201", "" },
        { "GET /v1/users/by-username/a%0d%0aX-Injected:%201", "" },
        { "GET /v1/users/by-username/a%0aX-Injected:1%0a%0abody", "" },
        { "GET /v1/feed?cursor=%0d%0aX-Injected:%201", "" },
        { "GET /timeline?offset=%0d%0aX-Injected:%201", "" },
        { "GET /%0d%0aX-Injected:%201", "" },
        { "GET /docs%0d%0aX-Injected:%201", "" },
        { "GET /v1/users/me", "Accept: text/html%0d%0aX-Injected: 1" },
        { "GET /v1/users/me", "Origin: https://evil.example%0d%0aX-Injected: 1" },
        { "OPTIONS /v1/users/me", "Access-Control-Request-Method: GET%0d%0aX-Injected: 1" },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task LineBreak_InTargetOrHeader_BeginsNoHeader(string requestLine, string header)
    {
        var answer = await RawGateway.SendAsync(Pulse, requestLine, header.Length > 0 ? [header] : [], Ct);

        Assert.True(answer is { Status: >= 400 and < 500, IsProblem: true, Answers: 1 }, answer.Text);
        Assert.DoesNotContain("\nX-Injected", answer.Head, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What is accepted comes back exactly as it was sent.</summary>
    private async Task StoredAsIsAsync(Account account, string text)
    {
        using var post = await SendAsync("POST", "/v1/posts", account.Access, Json(new { content = text }));
        if (post.StatusCode == HttpStatusCode.BadRequest)
        {
            await RefusedAsync(post, HttpStatusCode.BadRequest);
            return;
        }

        var id = (await post.MustJsonAsync(Ct)).GetProperty("id").GetString();
        using var read = await SendAsync("GET", $"/v1/posts/{id}", account.Access);
        Assert.Equal(text, (await read.MustJsonAsync(Ct)).GetProperty("content").GetString());
        Assert.Equal("application/json", read.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>Taken or refused, and never a fault; a refusal is a problem, and no answer shows what the program is made of.</summary>
    private static async Task NeverAFaultAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True((int)answer.StatusCode < 500, $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri}: {(int)answer.StatusCode} {body}");
        if ((int)answer.StatusCode >= 400) Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        foreach (var inner in (string[])["Npgsql", "SELECT ", "syntax error", "   at ", "StackExchange", "System.", "pg_"]) Assert.DoesNotContain(inner, Own(body), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("X-Injected") || answer.Headers.Contains("Set-Cookie"));
    }

    // What a problem says in its own words: not the path, which is the caller's.
    private static string Own(string body)
    {
        if (!body.StartsWith('{')) return "";
        var json = JsonElement.Parse(body);
        return string.Join('\n', new[] { "title", "detail", "errors" }.Select(name => json.TryGetProperty(name, out var value) ? value.ToString() : ""));
    }
}
