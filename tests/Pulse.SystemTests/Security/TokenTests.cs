using System.Net;
using Npgsql;

namespace Pulse.SystemTests.Security;

/// <summary>Access tokens that nobody may get in with. A new trick is a row here and a line in <see cref="ForgedTokens"/>.</summary>
public sealed class TokenTests(RunningPulse pulse) : SecurityTest(pulse)
{
    public static TheoryData<string> Tricks =>
    [
        "alg none", "alg NoNe", "alg none, real signature", "alg none, no kid", "no signature",
        "own key, published kid", "own key, unknown kid", "own key, no kid", "own key in the header", "own key by address", "kid is a path", "kid is SQL",
        "HS256 with the public key (DER)", "HS256 with the public key (PEM)", "HS256 with the public key (JWK)", "HS256 with the public key (x)", "HS256 with nothing",
        "expired", "no expiry", "not yet", "other audience", "no audience", "other issuer", "no issuer", "ES384 in the header",
        "tampered subject", "tampered role", "tampered signature", "signature of zeros", "two signatures", "not JSON", "very long", "empty",
    ];

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task Token_Forged_Is401(string trick)
    {
        var account = await AccountAsync();
        using var forged = await ForgedTokens.CreateAsync(Pulse, account.Access, Ct);
        // The tools themselves are good: the real key on the same claims gets in.
        using var control = await SendAsync("GET", "/v1/users/me", forged.Forge("unchanged"));
        Assert.Equal(HttpStatusCode.OK, control.StatusCode);

        foreach (var call in (string[])["GET /v1/users/me", "GET /v1/feed", "GET /timeline", "POST /v1/posts"])
        {
            var (method, path) = (call.Split(' ')[0], call.Split(' ')[1]);
            using var answer = await SendAsync(method, path, forged.Forge(trick), method == "POST" ? Json(new { content = "forged" }) : null);
            await RefusedAsync(answer, HttpStatusCode.Unauthorized);
            Assert.StartsWith("Bearer", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, string?> OtherPlaces => new()
    {
        { "/v1/users/me?access_token={token}", null },
        { "/v1/users/me?token={token}", null },
        { "/v1/users/me?Authorization=Bearer%20{token}", null },
        { "/v1/users/me", "Cookie: access_token={token}" },
        { "/v1/users/me", "X-Authorization: Bearer {token}" },
        { "/v1/users/me", "X_Authorization: Bearer {token}" },
        { "/v1/users/me", "Proxy-Authorization: Bearer {token}" },
        { "/v1/users/me", "Authorization: Basic {token}" },
        { "/v1/users/me", "Authorization: {token}" },
        { "/v1/users/me", "Authorization: Bearer" },
        { "/v1/users/me", "Authorization: Bearer x\r\nAuthorization: Bearer {token}" },
        { "/v1/users/me", "Authorization: Bearer {token}\r\nAuthorization: Bearer {token}" },
        { "/v1/users/me", "X-User-Id: {user}\r\nX-Pulse-User: {user}\r\nX-Forwarded-User: {user}\r\nRemote-User: {user}" },
        { "/v1/users/me", "X-Pulse-Service-Key: {key}" },
    };

    [Theory]
    [MemberData(nameof(OtherPlaces))]
    public async Task Token_AnywhereButInItsHeader_IsNoToken(string target, string? headers)
    {
        var account = await AccountAsync();
        var key = (await Pulse.SecretsAsync(Ct))["service-key"];
        UsedSecrets.Add("service key", key);
        string Fill(string text) => text.Replace("{token}", account.Access, StringComparison.Ordinal)
            .Replace("{user}", account.Id, StringComparison.Ordinal).Replace("{key}", key, StringComparison.Ordinal);

        var answer = await RawGateway.SendAsync(Pulse, "GET " + Fill(target), headers is null ? [] : [Fill(headers)], Ct);

        Assert.True(answer is { Status: 401, IsProblem: true, Answers: 1 }, answer.Text);
    }

    [Fact]
    public async Task Keys_Published_ArePublicPartsAlone()
    {
        var text = await Pulse.Api.GetStringAsync("/.well-known/jwks.json", Ct);

        Assert.DoesNotContain("\"d\"", text, StringComparison.Ordinal);
        await using var database = NpgsqlDataSource.Create(await Pulse.DatabaseAsync("usersdb", Ct));
        await using var command = database.CreateCommand("SELECT count(*) FROM signing_keys");
        Assert.True((long)(await command.ExecuteScalarAsync(Ct))! > 0);
    }

    // One for all rows: making one hashes a password.
    private static Account? _account;

    private async Task<Account> AccountAsync() => _account ??= await NewAccountAsync();
}
