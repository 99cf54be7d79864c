using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.SystemTests.Accounts;

/// <summary>An account from signup to a new password, through the gateway and the mail sink.</summary>
public sealed class AccountTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    public async Task Account_ForgottenPassword_IsMendedByMailAndEndsEveryLogin()
    {
        var sink = await SinkAsync();
        var (name, email) = ("forgetful", "forgetful@example.org");
        using var signup = await PostAsync("signup", new { username = name, email, password = "password123" });
        await signup.MustJsonAsync(Ct);
        var verify = await ReceivedMail.WaitForAsync(sink, email, "confirm", 1, Ct);
        using var verified = await PostAsync("verify-email", new { token = verify.Token });
        Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        var before = await LogInAsync(name, "password123");

        using var forgot = await PostAsync("password/forgot", new { email });
        Assert.Equal(HttpStatusCode.Accepted, forgot.StatusCode);
        var mail = await ReceivedMail.WaitForAsync(sink, email, "new password", 1, Ct);
        using var reset = await PostAsync("password/reset", new { token = mail.Token, @new = "another one 456" });
        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);

        await Until.TrueAsync(async () => await MeAsync(before) == HttpStatusCode.Unauthorized, "the gateway refuses the old access token", Ct);
        using var old = await PostAsync("login", new { username = email, password = "password123" });
        await ProblemJson.AssertAsync(old, HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(HttpStatusCode.OK, await MeAsync(await LogInAsync(email, "another one 456")));
        await ReceivedMail.WaitForAsync(sink, email, "was changed", 1, Ct);
    }

    [Fact]
    public async Task Logout_OneLogin_ItsAccessTokenIsRefusedAndTheOtherIsNot()
    {
        var user = await Pulse.NewUserAsync(Ct);
        var other = await Pulse.LogInAsync(user.Username, "password123", Ct);

        using var logout = await user.Client.PostAsync("/v1/auth/logout", content: null, Ct);

        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        await Until.TrueAsync(
            async () =>
            {
                using var me = await user.Client.GetAsync("/v1/users/me", Ct);
                return me.StatusCode == HttpStatusCode.Unauthorized;
            },
            "the token is refused",
            Ct);
        using var refused = await user.Client.GetAsync("/v1/users/me", Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.Unauthorized, Ct);
        using var fine = await other.Client.GetAsync("/v1/users/me", Ct);
        Assert.Equal(HttpStatusCode.OK, fine.StatusCode);
    }

    [Fact]
    public async Task KeysRotate_Command_OldAndNewTokensGoOn()
    {
        var user = await Pulse.NewUserAsync(Ct);

        var said = await Pulse.Command.MustAsync("keys rotate", Ct);

        Assert.Contains("is published, and signs from", said, StringComparison.Ordinal);
        var keys = await Pulse.Api.GetFromJsonAsync<JsonElement>("/.well-known/jwks.json", Ct);
        Assert.True(keys.GetProperty("keys").GetArrayLength() >= 2);
        using var me = await user.Client.GetAsync("/v1/users/me", Ct);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
    }

    private async Task<Uri> SinkAsync()
    {
        var mail = await Pulse.StatusAsync("mail", Ct);
        return mail.GetProperty("urls").EnumerateArray().Select(url => new Uri(url.GetString()!)).Single(url => url.Scheme == "http");
    }

    private Task<HttpResponseMessage> PostAsync<T>(string call, T body) => Pulse.Api.PostAsJsonAsync($"/v1/auth/{call}", body, Ct);

    private async Task<string> LogInAsync(string login, string password)
    {
        using var answer = await PostAsync("login", new { username = login, password });
        return (await answer.MustJsonAsync(Ct)).GetProperty("access_token").GetString()!;
    }

    private async Task<HttpStatusCode> MeAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await Pulse.Api.SendAsync(request, Ct);
        return answer.StatusCode;
    }
}
