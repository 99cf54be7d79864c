using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Accounts;

public sealed class SignupTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignUp_ValidFields_AnswersTheUserAndItsAddress()
    {
        var signup = fixture.App.NewSignup();
        signup["display_name"] = " Zoë 👩‍🚀 ";

        using var response = await SendAsync(signup);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(JsonValueKind.String, body.GetProperty("id").ValueKind);
        Assert.Equal($"/v1/users/{body.GetProperty("id").GetString()}", response.Headers.Location?.OriginalString);
        Assert.Equal("Zoë 👩‍🚀", body.GetProperty("display_name").GetString());
        Assert.Equal(0, body.GetProperty("posts_count").GetInt64());
        Assert.False(body.TryGetProperty("email", out _));
        Assert.False(body.TryGetProperty("relationship", out _));
    }

    [Fact]
    public async Task SignUp_UsernameInAnotherCase_IsTaken()
    {
        var first = fixture.App.NewSignup();
        using var created = await SendAsync(first);
        var second = fixture.App.NewSignup();
        second["username"] = ((string)first["username"]!).ToUpperInvariant();

        using var response = await SendAsync(second);

        var problem = await ProblemJson.AssertAsync(response, HttpStatusCode.Conflict, Ct);
        Assert.Equal("/problems/username-taken", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task SignUp_EmailInAnotherCase_IsTaken()
    {
        var first = fixture.App.NewSignup();
        using var created = await SendAsync(first);
        var second = fixture.App.NewSignup();
        second["email"] = ((string)first["email"]!).ToUpperInvariant();

        using var response = await SendAsync(second);

        var problem = await ProblemJson.AssertAsync(response, HttpStatusCode.Conflict, Ct);
        Assert.Equal("/problems/email-taken", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task SignUp_SameUsernameAtOnce_OneWins()
    {
        var name = (string)fixture.App.NewSignup()["username"]!;

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
        {
            var signup = fixture.App.NewSignup();
            signup["username"] = name;
            return SendAsync(signup);
        }));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        Assert.Equal(19, responses.Count(response => response.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(1, await fixture.App.QueryAsync(db => db.Users.CountAsync(user => user.Username == name, Ct)));
        foreach (var response in responses) response.Dispose();
    }

    [Fact]
    public async Task SignUp_SeveralBadFields_NamesThemAll()
    {
        using var response = await SendAsync(new() { ["username"] = "a b", ["email"] = "nobody", ["password"] = "short", ["display_name"] = "\u0000" });

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "username", "email", "password", "display_name");
    }

    [Theory]
    [InlineData("username", "x")]
    [InlineData("username", "a-b")]
    [InlineData("username", "abc\n")]
    [InlineData("username", "1234567890123456789012345678901")]
    [InlineData("username", null)]
    [InlineData("email", "a@b")]
    [InlineData("email", "a b@example.com")]
    [InlineData("email", "Name <a@example.com>")]
    [InlineData("email", null)]
    [InlineData("password", "1234567")]
    [InlineData("password", "\U0001f511\U0001f511\U0001f511\U0001f511")]
    [InlineData("password", null)]
    [InlineData("display_name", "   ")]
    [InlineData("display_name", "123456789012345678901234567890123456789012345678901")]
    public async Task SignUp_BadField_IsNamed(string field, string? value)
    {
        var signup = fixture.App.NewSignup();
        signup[field] = value;

        using var response = await SendAsync(signup);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, field);
    }

    [Fact]
    public async Task SignUp_WithoutDisplayName_ShowsTheUsername()
    {
        var signup = fixture.App.NewSignup();

        using var response = await SendAsync(signup);

        var user = await response.Content.ReadFromJsonAsync<UserResponse>(PulseJson.Options, Ct);
        Assert.Equal(signup["username"], user!.DisplayName);
    }

    private async Task<HttpResponseMessage> SendAsync(Dictionary<string, object?> signup)
    {
        using var client = fixture.App.Anonymous();
        return await client.PostAsJsonAsync("/v1/auth/signup", signup, PulseJson.Options, Ct);
    }
}
