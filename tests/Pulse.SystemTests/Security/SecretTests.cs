using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Security;

/// <summary>No secret stands in a log or in the telemetry, whatever became of the call that it was sent with.</summary>
public sealed class SecretTests(RunningPulse pulse) : SecurityTest(pulse)
{
    [Fact]
    public async Task Secrets_UsedInEveryWay_StandInNoLogAndNoTelemetry()
    {
        var account = await NewAccountAsync();
        var own = await Pulse.SecretsAsync(Ct);
        foreach (var name in (string[])["service-key", "postgres-password"]) UsedSecrets.Add(name, own[name]);
        await UseAsync(account, own["service-key"]);

        // The very last call: once its path has arrived, everything before it has.
        var marker = $"nobody_{Random.Shared.Next():x}";
        using var last = await SendAsync("GET", $"/v1/users/by-username/{marker}", account.Access);
        Assert.Equal(HttpStatusCode.NotFound, last.StatusCode);
        var telemetry = "";
        await Until.TrueAsync(
            async () => (telemetry = string.Concat(await Task.WhenAll(Pulse.Telemetry.ReadAsync("spans", Ct), Pulse.Telemetry.ReadAsync("traces", Ct), Pulse.Telemetry.ReadAsync("logs", Ct))))
                .Split(marker).Length > 2,
            "the spans of the last call have arrived",
            Ct);

        foreach (var resource in await Pulse.ResourcesAsync(Ct)) AssertClean($"the log of {resource}", await Pulse.LogAsync(resource, Ct));
        AssertClean("the telemetry", telemetry);
    }

    /// <summary>Right, wrong, malformed and misplaced.</summary>
    private async Task UseAsync(Account account, string serviceKey)
    {
        var (access, refresh, password) = (account.Access, account.Refresh, account.Password);
        var wrong = UsedSecrets.New("wrong password");
        (string Method, string Path, string? Token, HttpContent? Body)[] calls =
        [
            ("POST", "/v1/auth/login", null, Json(new { username = account.Username, password = wrong })),
            ("POST", "/v1/auth/login", null, Text($$"""{"username":"{{account.Username}}","password":"{{password}}" """)),
            ("POST", "/v1/auth/login", null, Text($$$"""{"username":["{{{password}}}"],"password":{"x":"{{{password}}}"}}""")),
            ("POST", "/v1/auth/login", null, Text($$"""{"{{password}}":1,"username":17}""")),
            ("POST", "/v1/auth/signup", null, Json(new { username = account.Username, email = account.Email, password })),
            ("POST", "/v1/auth/signup", null, Json(new { username = "!", email = "!", password })),
            ("POST", "/v1/auth/refresh", null, Json(new { refresh_token = wrong })),
            ("POST", "/v1/auth/refresh", null, Text($$"""{"refresh_token":"{{refresh}}" """)),
            ("GET", $"/v1/users/me?access_token={access}&password={password}&refresh_token={refresh}&key={serviceKey}", access, null),
            ("GET", $"/v1/feed?cursor={refresh}", access, null),
            ("GET", "/v1/users/me", access[..^3], null),
            ("GET", "/v1/users/me", access + "x", null),
            ("GET", "/v1/users/me", refresh, null),
            ("GET", "/internal/users/1/graph", access, null),
        ];
        foreach (var (method, path, token, body) in calls)
        {
            using var answer = await SendAsync(method, path, token, body);
            Assert.True((int)answer.StatusCode < 500);
        }

        foreach (var header in (string[])[$"X-Pulse-Service-Key: {serviceKey}", $"Cookie: token={access}", $"baggage: token={access}", $"Authorization: Basic {password}"])
        {
            var answer = await RawGateway.SendAsync(Pulse, "GET /v1/users/me", [header], Ct);
            Assert.Equal(401, answer.Status);
        }

        using var rotated = await SendAsync("POST", "/v1/auth/refresh", body: Json(new { refresh_token = refresh }));
        var (next, _) = Pair(await rotated.MustJsonAsync(Ct));
        using var replay = await SendAsync("POST", "/v1/auth/refresh", body: Json(new { refresh_token = refresh }));
        await RefusedAsync(replay, HttpStatusCode.Unauthorized);
        using var logout = await SendAsync("POST", "/v1/auth/logout", next);
        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
    }

    private static void AssertClean(string where, string text)
    {
        Assert.NotEmpty(text);
        foreach (var (kind, value) in UsedSecrets.All)
        {
            var at = text.IndexOf(value, StringComparison.Ordinal);
            Assert.True(at < 0, $"A {kind} stands in {where}: …{(at < 0 ? "" : text[Math.Max(0, at - 200)..at])}…");
        }
    }
}
