using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.JsonWebTokens;
using Pulse.Contracts;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Accounts;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Accounts;

public sealed class LoginTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LogIn_ByNameOrEmailInAnyCase_GivesAToken()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        foreach (var login in (string[])[user.Username, user.Username.ToUpperInvariant(), user.Email, user.Email.ToUpperInvariant()])
        {
            var tokens = await fixture.App.LogInAsync(login, Ct);

            var token = new JsonWebTokenHandler().ReadJsonWebToken(tokens.AccessToken);
            Assert.Equal(user.Id.ToString(), token.Subject);
            Assert.Equal(user.Username, token.GetClaim(TokenContract.Username).Value);
            Assert.Equal(TokenContract.Algorithm, token.Alg);
            Assert.Equal("bearer", tokens.TokenType);
            Assert.Equal(900, tokens.ExpiresIn);
            Assert.Equal(TimeSpan.FromMinutes(15), token.ValidTo - token.IssuedAt);
        }
    }

    [Fact]
    public async Task LogIn_WrongPasswordOrUnknownUser_SaysTheSame()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        using var wrong = await SendAsync(user.Username, "not-the-password");
        using var unknown = await SendAsync("nobody_at_all", "not-the-password");
        using var strange = await SendAsync("\u0000", "not-the-password");

        var first = await ProblemJson.AssertAsync(wrong, HttpStatusCode.Unauthorized, Ct);
        var second = await ProblemJson.AssertAsync(unknown, HttpStatusCode.Unauthorized, Ct);
        await ProblemJson.AssertAsync(strange, HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(first.GetProperty("detail").GetString(), second.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Verify_WithoutAnAccount_HashesAllTheSame()
    {
        var hasher = new CountingHasher();
        using var passwords = new Passwords(hasher);

        Assert.False(await passwords.VerifyAsync(hash: null, "password123", Ct));
        Assert.True(await passwords.VerifyAsync(hash: "any", "password123", Ct));
        Assert.Equal(2, hasher.Verified);
    }

    [Fact]
    public async Task LogIn_EmptyFields_NamesBoth()
    {
        using var response = await SendAsync("", "");

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "username", "password");
    }

    private async Task<HttpResponseMessage> SendAsync(string username, string password)
    {
        using var client = fixture.App.Anonymous();
        return await client.PostAsJsonAsync("/v1/auth/login", new { username, password }, PulseJson.Options, Ct);
    }

    private sealed class CountingHasher : IPasswordHasher<Account>
    {
        public int Verified { get; private set; }

        public string HashPassword(Account user, string password) => "decoy";

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            Verified++;
            return PasswordVerificationResult.Success;
        }
    }
}
