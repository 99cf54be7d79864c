using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Pulse.TestInfrastructure.Http;

namespace Pulse.SystemTests.Security;

/// <summary>Somebody with everything that must stay secret.</summary>
internal sealed record Account(string Id, string Username, string Email, string Password, string Access, string Refresh);

/// <summary>An attack on the whole system from outside. It fails as well when any service logs an error.</summary>
public abstract class SecurityTest(RunningPulse pulse) : SystemTest(pulse)
{
    private static int _accounts;

    /// <summary>Signs somebody up and in, with secrets of his own.</summary>
    internal async Task<Account> NewAccountAsync()
    {
        var username = $"target_{Interlocked.Increment(ref _accounts)}";
        var (email, password) = ($"{username}@example.org", UsedSecrets.New("password"));
        using var signup = await Pulse.Api.PostAsJsonAsync("/v1/auth/signup", new { username, email, password }, Ct);
        var id = (await signup.MustJsonAsync(Ct)).GetProperty("id").GetString()!;
        var (access, refresh) = await LogInAsync(username, password);
        return new Account(id, username, email, password, access, refresh);
    }

    internal async Task<(string Access, string Refresh)> LogInAsync(string username, string password)
    {
        using var login = await Pulse.Api.PostAsJsonAsync("/v1/auth/login", new { username, password }, Ct);
        return Pair(await login.MustJsonAsync(Ct));
    }

    internal static (string Access, string Refresh) Pair(JsonElement tokens)
    {
        var pair = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
        UsedSecrets.Add("access token", pair.Item1);
        UsedSecrets.Add("refresh token", pair.Item2);
        return pair;
    }

    /// <summary>Sends JSON, or whatever <paramref name="body"/> is, with a token or without.</summary>
    internal Task<HttpResponseMessage> SendAsync(string method, string path, string? token = null, HttpContent? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(method), path) { Content = body };
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return Pulse.Api.SendAsync(request, Ct);
    }

    internal static HttpContent Json(object body) => JsonContent.Create(body);

    internal static HttpContent Text(string json) => new StringContent(json, Encoding.UTF8, "application/json");

    /// <summary>Asserts that it was refused as a problem with one of <paramref name="statuses"/>.</summary>
    internal static async Task RefusedAsync(HttpResponseMessage answer, params HttpStatusCode[] statuses)
    {
        Assert.True(statuses.Contains(answer.StatusCode), $"{answer.RequestMessage!.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Ct)}");
        await ProblemJson.AssertAsync(answer, answer.StatusCode, Ct);
    }
}
