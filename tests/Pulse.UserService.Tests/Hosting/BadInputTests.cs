using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Tests.Hosting;

/// <summary>What every call does with what it cannot use.</summary>
public sealed class BadInputTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/auth/signup")]
    [InlineData("/v1/auth/login")]
    [InlineData("/v1/auth/refresh")]
    [InlineData("/v1/auth/password/forgot")]
    [InlineData("/v1/auth/password/reset")]
    [InlineData("/v1/auth/verify-email")]
    [InlineData("/internal/users/batch")]
    [InlineData("/internal/users/by-usernames")]
    [InlineData("/internal/seed/followers")]
    public async Task Post_UnreadableBody_Is400(string path)
    {
        using var client = fixture.App.Internal();
        foreach (var body in (string[])["{", "", "[]", "null", "\"text\"", "{\"username\":\"\\ud800\",\"refresh_token\":\"\\ud800\",\"ids\":[\"\\ud800\"],\"usernames\":[\"\\ud800\"],\"user_id\":\"\\ud800\"}"])
        {
            using var response = await client.PostAsync(path, Json.Body(body), Ct);

            await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct);
        }
    }

    [Theory]
    [InlineData("/v1/auth/signup", "{\"username\":5}", "username")]
    [InlineData("/v1/auth/signup", "{\"password\":[]}", "password")]
    [InlineData("/v1/auth/login", "{\"username\":{}}", "username")]
    [InlineData("/v1/auth/refresh", "{\"refresh_token\":true}", "refresh_token")]
    [InlineData("/v1/auth/password/forgot", "{\"email\":5}", "email")]
    [InlineData("/v1/auth/password/forgot", "{\"email\":\"no address\"}", "email")]
    [InlineData("/v1/auth/password/reset", "{\"token\":5}", "token")]
    [InlineData("/v1/auth/password/reset", "{\"token\":\"x\",\"new\":\"short\"}", "new")]
    [InlineData("/v1/auth/password/reset", "{\"token\":\"made-up\",\"new\":\"long enough\"}", "token")]
    [InlineData("/v1/auth/password/reset", "{\"token\":\"\\u0000\",\"new\":\"long enough\"}", "token")]
    [InlineData("/v1/auth/verify-email", "{\"token\":[]}", "token")]
    [InlineData("/v1/auth/verify-email", "{\"token\":\"made-up\"}", "token")]
    [InlineData("/internal/users/batch", "{\"ids\":[5]}", "ids[0]")]
    [InlineData("/internal/users/batch", "{\"ids\":null}", "ids")]
    [InlineData("/internal/users/by-usernames", "{\"usernames\":[5]}", "usernames[0]")]
    [InlineData("/internal/users/by-usernames", "{\"usernames\":null}", "usernames")]
    [InlineData("/internal/users/by-usernames", "{\"usernames\":[],\"for\":\"x\"}", "for")]
    [InlineData("/internal/seed/followers", "{\"user_id\":\"x\",\"count\":1}", "user_id")]
    public async Task Post_WrongType_NamesTheField(string path, string body, string field)
    {
        using var client = fixture.App.Internal();

        using var response = await client.PostAsync(path, Json.Body(body), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, field);
    }

    [Theory]
    [InlineData("/v1/auth/signup", "username,email,password")]
    [InlineData("/v1/auth/login", "username,password")]
    [InlineData("/v1/auth/refresh", "refresh_token")]
    [InlineData("/v1/auth/password/forgot", "email")]
    [InlineData("/v1/auth/password/reset", "token,new")]
    [InlineData("/v1/auth/verify-email", "token")]
    [InlineData("/internal/users/batch", "ids")]
    [InlineData("/internal/users/by-usernames", "usernames")]
    public async Task Post_EmptyObject_NamesWhatIsMissing(string path, string fields)
    {
        using var client = fixture.App.Internal();

        using var response = await client.PostAsync(path, Json.Body("{}"), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, fields.Split(','));
    }

    [Theory]
    [InlineData("{}", "current,new")]
    [InlineData("{\"current\":5}", "current")]
    [InlineData("{\"current\":\"password123\",\"new\":\"1234567\"}", "new")]
    [InlineData("{\"current\":\"wrong-password\",\"new\":\"12345678\"}", "current")]
    public async Task ChangePassword_BadFields_NamesThem(string body, string fields)
    {
        var user = await fixture.App.NewUserAsync(Ct);

        using var response = await user.Client.PostAsync("/v1/auth/password", Json.Body(body), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, fields.Split(','));
    }

    [Fact]
    public async Task Patch_UnreadableBody_Is400()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        foreach (var body in (string[])["{", "", "[]", "null", "\"text\"", "{\"display_name\":\"\\ud800\"}", "{\"bio\":\"\\ud800\"}", "{\"avatar_url\":\"\\ud800\"}"])
        {
            using var response = await user.Client.PatchAsync("/v1/users/me", Json.Body(body), Ct);

            await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct);
        }
    }

    // Also: nothing is logged as an error, which the fixture asserts at its end.
    [Theory]
    [InlineData("POST", "/v1/auth/login", HttpStatusCode.BadRequest, "{")]
    [InlineData("POST", "/v1/auth/login", HttpStatusCode.BadRequest, "{}")]
    [InlineData("GET", "/v1/users/abc", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/v1/users/me", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound)]
    public async Task Error_CallerAcceptsNoJson_IsAProblemAllTheSame(string method, string path, HttpStatusCode status, string? body = null)
    {
        using var client = fixture.App.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path) { Content = body is null ? null : Json.Body(body) };
        request.Headers.Add("Accept", "text/html");

        using var response = await client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(response, status, Ct);
    }

    [Fact]
    public async Task Post_NotJson_Is415()
    {
        using var client = fixture.App.Anonymous();

        using var response = await client.PostAsync("/v1/auth/login", new StringContent("username=x"), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.UnsupportedMediaType, Ct);
    }

    [Theory]
    [InlineData("GET", "/v1/users/me")]
    [InlineData("PUT", "/v1/users/1/follow")]
    [InlineData("DELETE", "/v1/users/1/follow")]
    [InlineData("PUT", "/v1/users/1/block")]
    [InlineData("DELETE", "/v1/users/1/block")]
    [InlineData("PUT", "/v1/users/1/mute")]
    [InlineData("DELETE", "/v1/users/1/mute")]
    [InlineData("PATCH", "/v1/users/me")]
    [InlineData("GET", "/v1/follow-requests")]
    [InlineData("POST", "/v1/follow-requests/1/accept")]
    [InlineData("POST", "/v1/follow-requests/1/reject")]
    [InlineData("POST", "/v1/auth/logout")]
    [InlineData("POST", "/v1/auth/password")]
    public async Task Call_MissingBrokenOrExpiredToken_Is401(string method, string path)
    {
        foreach (var token in (string?[])[null, "nonsense", "a.b.c", await ExpiredTokenAsync()])
        {
            using var client = token is null ? fixture.App.Anonymous() : fixture.App.WithToken(token);
            using var request = new HttpRequestMessage(new HttpMethod(method), path);

            using var response = await client.SendAsync(request, Ct);

            await ProblemJson.AssertAsync(response, HttpStatusCode.Unauthorized, Ct);
        }
    }

    [Theory]
    [InlineData("GET", "/internal/users/1/graph")]
    [InlineData("POST", "/internal/users/batch")]
    [InlineData("POST", "/internal/users/by-usernames")]
    [InlineData("POST", "/internal/seed/followers")]
    [InlineData("GET", "/internal/revocations")]
    [InlineData("POST", "/internal/keys/rotate")]
    public async Task InternalCall_WithoutTheServiceKey_Is401(string method, string path)
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST") request.Content = Json.Body("{\"ids\":[],\"usernames\":[],\"user_id\":\"1\",\"count\":1}");

        using var response = await user.Client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.Unauthorized, Ct);
    }

    [Theory]
    [InlineData("GET", "/v1/users/1")]
    [InlineData("GET", "/v1/users/by-username/nobody_at_all")]
    [InlineData("GET", "/v1/users/by-username/a%0Ab")]
    [InlineData("GET", "/v1/users/1/followers")]
    [InlineData("GET", "/v1/users/1/following")]
    [InlineData("PUT", "/v1/users/1/follow")]
    [InlineData("DELETE", "/v1/users/1/follow")]
    [InlineData("PUT", "/v1/users/1/block")]
    [InlineData("DELETE", "/v1/users/1/block")]
    [InlineData("PUT", "/v1/users/1/mute")]
    [InlineData("DELETE", "/v1/users/1/mute")]
    [InlineData("POST", "/v1/follow-requests/1/accept")]
    [InlineData("POST", "/v1/follow-requests/1/reject")]
    [InlineData("GET", "/v1/nothing")]
    public async Task Call_UnknownUserOrPath_Is404(string method, string path)
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await user.Client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.NotFound, Ct);
    }

    [Theory]
    [InlineData("GET", "/v1/users/abc")]
    [InlineData("GET", "/v1/users/0")]
    [InlineData("GET", "/v1/users/99999999999999999999")]
    [InlineData("GET", "/v1/users/-1/followers")]
    [InlineData("PUT", "/v1/users/abc/follow")]
    [InlineData("DELETE", "/v1/users/abc/follow")]
    [InlineData("PUT", "/v1/users/abc/block")]
    [InlineData("DELETE", "/v1/users/abc/block")]
    [InlineData("PUT", "/v1/users/abc/mute")]
    [InlineData("DELETE", "/v1/users/abc/mute")]
    [InlineData("POST", "/v1/follow-requests/abc/accept", "user_id")]
    [InlineData("POST", "/v1/follow-requests/0/reject", "user_id")]
    public async Task Call_IdThatIsNone_Is400(string method, string path, string field = "id")
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await user.Client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, field);
    }

    [Theory]
    [InlineData("PUT", "follow")]
    [InlineData("DELETE", "follow")]
    [InlineData("PUT", "block")]
    [InlineData("DELETE", "block")]
    [InlineData("PUT", "mute")]
    [InlineData("DELETE", "mute")]
    public async Task FollowBlockOrMute_Oneself_Is400(string method, string call)
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/v1/users/{user.Id}/{call}");

        using var response = await user.Client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "id");
    }

    [Fact]
    public async Task SeedFollowers_UnknownUserOrBadCount_IsRefused()
    {
        using var client = fixture.App.Internal();

        using var unknown = await client.PostAsync("/internal/seed/followers", Json.Body("{\"user_id\":\"1\",\"count\":1}"), Ct);
        using var negative = await client.PostAsync("/internal/seed/followers", Json.Body("{\"user_id\":\"1\",\"count\":-1}"), Ct);

        await ProblemJson.AssertAsync(unknown, HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(negative, HttpStatusCode.BadRequest, Ct, "count");
    }

    private async Task<string> ExpiredTokenAsync()
    {
        var keys = fixture.App.Services.GetRequiredService<DatabaseSigningKeys>();
        var lifetime = fixture.App.Services.GetRequiredService<IOptions<TokenOptions>>().Value.AccessLifetime;
        var issued = TimeProvider.System.GetUtcNow() - (2 * lifetime);
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = TokenContract.Issuer,
            Audience = TokenContract.Audience,
            NotBefore = issued.UtcDateTime,
            Expires = (issued + lifetime).UtcDateTime,
            Claims = new Dictionary<string, object> { [TokenContract.Subject] = 1.ToString(CultureInfo.InvariantCulture) },
            SigningCredentials = new SigningCredentials(await keys.SigningKeyAsync(Ct), TokenContract.Algorithm),
        });
    }
}
