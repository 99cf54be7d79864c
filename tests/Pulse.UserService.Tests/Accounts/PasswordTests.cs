using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Accounts;
using Pulse.UserService.Mail;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Tests.Accounts;

public sealed class PasswordTests(MailFixture fixture) : IClassFixture<MailFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Change_RightPassword_EndsEveryOtherLogin()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var other = await fixture.App.LogInAsync(user.Username, Ct);
        var unused = await fixture.ResetTokenAsync(user.Email, Ct);

        using var changed = await ChangeAsync(user, UserServiceApp.Password);

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        await AssertRefreshAsync(other.RefreshToken, HttpStatusCode.Unauthorized);
        await AssertRefreshAsync(user.Tokens.RefreshToken, HttpStatusCode.OK);
        using var old = await fixture.LogInAsync(user.Username, UserServiceApp.Password, Ct);
        using var fresh = await fixture.LogInAsync(user.Username, MailFixture.NewPassword, Ct);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (old.StatusCode, fresh.StatusCode));
        using var stale = await fixture.ResetAsync(unused, "yet another 789", Ct);
        await ProblemJson.AssertAsync(stale, HttpStatusCode.BadRequest, Ct, "token");
        await fixture.Mail.WaitForAsync(user.Email, "was changed", Ct);
    }

    [Fact]
    public async Task Change_WrongPassword_ChangesNothingAndIsLimited()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        for (var attempt = 0; attempt < MailFixture.Failures; attempt++)
        {
            using var wrong = await ChangeAsync(user, "not-the-password");
            await ProblemJson.AssertAsync(wrong, HttpStatusCode.BadRequest, Ct, "current");
        }

        using var locked = await ChangeAsync(user, UserServiceApp.Password);

        await ProblemJson.AssertAsync(locked, HttpStatusCode.TooManyRequests, Ct);
        using var login = await fixture.LogInAsync(user.Username, UserServiceApp.Password, Ct);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
    }

    [Fact]
    public async Task Reset_TokenOfTheMail_EndsEveryLoginOnce()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var token = await fixture.ResetTokenAsync(user.Email, Ct);

        using var reset = await fixture.ResetAsync(token, MailFixture.NewPassword, Ct);
        using var again = await fixture.ResetAsync(token, "yet another 789", Ct);

        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
        await ProblemJson.AssertAsync(again, HttpStatusCode.BadRequest, Ct, "token");
        await AssertRefreshAsync(user.Tokens.RefreshToken, HttpStatusCode.Unauthorized);
        using var login = await fixture.LogInAsync(user.Username, MailFixture.NewPassword, Ct);
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
        await fixture.Mail.WaitForAsync(user.Email, "was changed", Ct);
        var row = await fixture.App.QueryAsync(db => db.Users.SingleAsync(known => known.Id == user.Id, Ct));
        Assert.NotNull(row.EmailVerifiedAt);
    }

    [Fact]
    public async Task Reset_SameTokenAtOnce_OneWins()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var token = await fixture.ResetTokenAsync(user.Email, Ct);

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(index => fixture.ResetAsync(token, $"password number {index}", Ct)));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.NoContent);
        Assert.Equal(9, responses.Count(response => response.StatusCode == HttpStatusCode.BadRequest));
        foreach (var response in responses) response.Dispose();
    }

    [Fact]
    public async Task Reset_NewerMail_MakesTheOlderVoid()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var older = await fixture.ResetTokenAsync(user.Email, Ct);
        var newer = await fixture.ResetTokenAsync(user.Email, Ct, count: 2);

        using var refused = await fixture.ResetAsync(older, MailFixture.NewPassword, Ct);
        using var reset = await fixture.ResetAsync(newer, MailFixture.NewPassword, Ct);

        await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct, "token");
        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
    }

    [Fact]
    public async Task Reset_ExpiredToken_IsRefused()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var token = await fixture.ResetTokenAsync(user.Email, Ct);
        var now = TimeProvider.System.GetUtcNow();
        var row = await fixture.App.QueryAsync(db => db.Set<AccountToken>().SingleAsync(known => known.UserId == user.Id && known.Purpose == AccountTokens.Reset, Ct));
        Assert.InRange(row.ExpiresAt - now, TimeSpan.FromMinutes(59), AccountTokens.ResetLifetime);
        await fixture.App.QueryAsync(db => db.Set<AccountToken>().Where(known => known.UserId == user.Id).ExecuteUpdateAsync(set => set.SetProperty(known => known.ExpiresAt, now), Ct));

        using var reset = await fixture.ResetAsync(token, MailFixture.NewPassword, Ct);

        await ProblemJson.AssertAsync(reset, HttpStatusCode.BadRequest, Ct, "token");
    }

    [Fact]
    public async Task Reset_TokenOfAnotherPurpose_IsRefused()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var verify = (await fixture.Mail.WaitForAsync(user.Email, "confirm", Ct)).Token;

        using var reset = await fixture.ResetAsync(verify, MailFixture.NewPassword, Ct);

        await ProblemJson.AssertAsync(reset, HttpStatusCode.BadRequest, Ct, "token");
    }

    [Fact]
    public async Task Forgot_KnownOrUnknownAddress_AnswersTheSameAndOnlyOneGetsAMail()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        const string Stranger = "nobody.at.all@example.org";

        using var known = await fixture.ForgotAsync(user.Email, Ct);
        using var unknown = await fixture.ForgotAsync(Stranger, Ct);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (known.StatusCode, unknown.StatusCode));
        Assert.Equal(await known.Content.ReadAsStringAsync(Ct), await unknown.Content.ReadAsStringAsync(Ct));
        await fixture.Mail.WaitForAsync(user.Email, "new password", Ct);
        // The stranger's row is older than a mail that came: it has been looked at.
        await fixture.ResetTokenAsync(user.Email, Ct, count: 2);
        Assert.Empty(await fixture.Mail.ToAsync(Stranger, Ct));
    }

    [Fact]
    public async Task Forgot_TooOften_SendsOnlySoMany()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        var responses = await Task.WhenAll(Enumerable.Range(0, 3 * MailFixture.MailsPerHour).Select(_ => fixture.ForgotAsync(user.Email, Ct)));

        Assert.All(responses, response => Assert.Equal(HttpStatusCode.Accepted, response.StatusCode));
        foreach (var response in responses) response.Dispose();
        await fixture.Mail.WaitForAsync(user.Email, "new password", Ct, MailFixture.MailsPerHour);
        // One of another kind still comes, and by then no further one of the first has.
        using var changed = await ChangeAsync(user, UserServiceApp.Password);
        await fixture.Mail.WaitForAsync(user.Email, "was changed", Ct);
        Assert.Equal(MailFixture.MailsPerHour, (await fixture.Mail.ToAsync(user.Email, Ct)).Count(mail => mail.Subject.Contains("new password", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SignUp_TokenOfTheMail_VerifiesTheAddressOnce()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var token = (await fixture.Mail.WaitForAsync(user.Email, "confirm", Ct)).Token;
        Assert.False((await user.Client.GetAsync<UserResponse>("/v1/users/me", Ct)).EmailVerified);

        using var verified = await fixture.PostAsync("verify-email", new { token }, Ct);
        using var again = await fixture.PostAsync("verify-email", new { token }, Ct);

        Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        await ProblemJson.AssertAsync(again, HttpStatusCode.BadRequest, Ct, "token");
        Assert.True((await user.Client.GetAsync<UserResponse>("/v1/users/me", Ct)).EmailVerified);
        Assert.Null((await user.Client.GetAsync<UserResponse>($"/v1/users/{user.Id}", Ct)).EmailVerified);
    }

    [Fact]
    public async Task Tokens_AtRest_AreHashedAndSentMailsHoldNoAddress()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var token = await fixture.ResetTokenAsync(user.Email, Ct);

        var hashes = await fixture.App.QueryAsync(db => db.Set<AccountToken>().Where(known => known.UserId == user.Id).Select(known => known.Hash).ToListAsync(Ct));
        Assert.Contains(hashes, hash => hash.SequenceEqual(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token))));
        await Pulse.TestInfrastructure.Until.TrueAsync(
            () => fixture.App.QueryAsync(async db => !await db.Set<MailRow>().AnyAsync(mail => mail.Recipient == user.Email, Ct)), "no row holds the address", Ct);
    }

    private async Task<HttpResponseMessage> ChangeAsync(TestUser user, string current) =>
        await user.Client.PostAsJsonAsync("/v1/auth/password", new { current, @new = MailFixture.NewPassword }, PulseJson.Options, Ct);

    private async Task AssertRefreshAsync(string refreshToken, HttpStatusCode expected)
    {
        using var response = await fixture.PostAsync("refresh", new { refresh_token = refreshToken }, Ct);
        Assert.Equal(expected, response.StatusCode);
    }
}
