using System.Net;
using System.Text.Json.Nodes;

namespace Pulse.SystemTests.Security;

/// <summary>What logging in, refreshing and asking for a password tell a stranger.</summary>
public sealed class CredentialTests(RunningPulse pulse) : SecurityTest(pulse)
{
    /// <summary>Calls that must answer the same for somebody who has an account and for somebody who has none: path, field, its two values, other fields.</summary>
    public static TheoryData<string, string, string, string> Twins => new()
    {
        { "/v1/auth/login", "username", "{username}", "nobody_of_that_name" },
        { "/v1/auth/login", "username", "{USERNAME}", "NOBODY_OF_THAT_NAME" },
        { "/v1/auth/login", "username", "{email}", "nobody@example.org" },
        { "/auth/login", "username", "{email}", "nobody@example.org" },
        { "/v1/auth/password/forgot", "email", "{email}", "nobody@example.org" },
    };

    [Theory]
    [MemberData(nameof(Twins))]
    public async Task Answer_ForKnownAndUnknown_IsTheSame(string path, string field, string known, string unknown)
    {
        var account = await NewAccountAsync();
        known = known.Replace("{username}", account.Username, StringComparison.Ordinal).Replace("{USERNAME}", account.Username.ToUpperInvariant(), StringComparison.Ordinal)
            .Replace("{email}", account.Email, StringComparison.Ordinal);

        var (first, second) = (await AskAsync(known), await AskAsync(unknown));

        Assert.Equal(first, second);
        Assert.DoesNotContain(account.Username, first.Body, StringComparison.OrdinalIgnoreCase);

        async Task<(HttpStatusCode Status, string Body, string Headers)> AskAsync(string name)
        {
            using var answer = await SendAsync("POST", path, body: Json(new Dictionary<string, string> { [field] = name, ["password"] = UsedSecrets.New("wrong password") }));
            var text = await answer.Content.ReadAsStringAsync(Ct);
            if (JsonNode.Parse(text.Length > 0 ? text : "{}") is JsonObject body)
            {
                body.Remove("trace_id");
                text = body.ToJsonString();
            }

            return (answer.StatusCode, text, string.Join(' ', answer.Headers.Select(header => header.Key).Where(key => key != "Date").Order(StringComparer.Ordinal)));
        }
    }

    [Fact]
    public async Task RefreshToken_UsedAgain_RevokesItsFamilyAndNoOther()
    {
        var account = await NewAccountAsync();
        var (_, other) = await LogInAsync(account.Username, account.Password);
        var (_, second) = await RefreshAsync(account.Refresh);
        var (_, third) = await RefreshAsync(second);

        using var replay = await SendAsync("POST", "/v1/auth/refresh", body: Json(new { refresh_token = account.Refresh }));
        await RefusedAsync(replay, HttpStatusCode.Unauthorized);

        foreach (var gone in (string[])[third, second, account.Refresh])
        {
            using var answer = await SendAsync("POST", "/v1/auth/refresh", body: Json(new { refresh_token = gone }));
            await RefusedAsync(answer, HttpStatusCode.Unauthorized);
        }

        await RefreshAsync(other);
    }

    public static TheoryData<string> BadRefreshTokens => ["x", "{access}", "{refresh}x", "x{refresh}", "{refresh} ", "' OR '1'='1", "\u0000", "eyJhbGciOiJub25lIn0.e30."];

    [Theory]
    [MemberData(nameof(BadRefreshTokens))]
    public async Task RefreshToken_MadeUp_Is401(string token)
    {
        var account = await NewAccountAsync();
        token = token.Replace("{access}", account.Access, StringComparison.Ordinal).Replace("{refresh}", account.Refresh, StringComparison.Ordinal);

        using var answer = await SendAsync("POST", "/v1/auth/refresh", body: Json(new { refresh_token = token }));

        await RefusedAsync(answer, HttpStatusCode.Unauthorized);
        // Trying has cost the real one nothing.
        await RefreshAsync(account.Refresh);
    }

    [Fact]
    public async Task RefreshToken_AsAccessToken_Is401()
    {
        var account = await NewAccountAsync();

        using var answer = await SendAsync("GET", "/v1/users/me", account.Refresh);

        await RefusedAsync(answer, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Answer_WithTokens_IsNotStored()
    {
        var account = await NewAccountAsync();

        using var login = await SendAsync("POST", "/v1/auth/login", body: Json(new { username = account.Username, password = account.Password }));
        Pair(await login.MustJsonAsync(Ct));
        using var me = await SendAsync("GET", "/v1/users/me", account.Access);

        Assert.True(login.Headers.CacheControl?.NoStore);
        Assert.True(me.Headers.CacheControl?.NoStore);
    }

    private async Task<(string Access, string Refresh)> RefreshAsync(string token)
    {
        using var answer = await SendAsync("POST", "/v1/auth/refresh", body: Json(new { refresh_token = token }));
        return Pair(await answer.MustJsonAsync(Ct));
    }
}
