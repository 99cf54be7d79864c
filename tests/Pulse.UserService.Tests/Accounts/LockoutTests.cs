using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Accounts;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Accounts;

public sealed class LockoutTests(MailFixture fixture) : IClassFixture<MailFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LogIn_TooManyFailures_IsRefusedTheSameWhetherOrNotThereIsAnAccount()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        var known = await LockAsync(user.Username);
        var byMail = await LockAsync(user.Email.ToUpperInvariant());
        var unknown = await LockAsync("nobody_at_all");
        var strange = await LockAsync("no name: \u0000");

        Assert.Single(((JsonElement[])[known, byMail, unknown, strange]).Select(Words).Distinct(StringComparer.Ordinal));
        Assert.Equal(LoginAttempts.ProblemType, known.GetProperty("type").GetString());
        // The right one as well, or it would be found by trying on.
        using var right = await fixture.LogInAsync(user.Username.ToUpperInvariant(), UserServiceApp.Password, Ct);
        await ProblemJson.AssertAsync(right, HttpStatusCode.TooManyRequests, Ct);
    }

    [Fact]
    public async Task LogIn_UnknownName_ChecksAsManyPasswordsAsAKnownOne()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var counts = new List<int>();
        foreach (var login in (string[])[user.Username, user.Email, "nobody_here", "nobody@example.org", "no name"])
        {
            for (var attempt = 1; attempt <= MailFixture.Failures + 1; attempt++)
            {
                var before = fixture.Hasher.Verified;
                using var response = await fixture.LogInAsync(login, "not-the-password", Ct);
                counts.Add(fixture.Hasher.Verified - before);
            }
        }

        Assert.Equal(Enumerable.Repeat((int[])[.. Enumerable.Repeat(1, MailFixture.Failures), 0], 5).SelectMany(one => one), counts);
    }

    [Fact]
    public async Task LogIn_ManyWrongAtOnce_ChecksNoMorePasswordsThanOneAfterTheOther()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var before = fixture.Hasher.Verified;

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => fixture.LogInAsync(user.Username, $"guess-{index}-xyz", Ct)));

        Assert.Equal(MailFixture.Failures, fixture.Hasher.Verified - before);
        Assert.Equal(MailFixture.Failures, responses.Count(response => response.StatusCode == HttpStatusCode.Unauthorized));
        foreach (var response in responses) response.Dispose();
    }

    [Fact]
    public async Task LogIn_Success_ForgetsTheFailures()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        for (var round = 0; round < 3; round++)
        {
            for (var attempt = 1; attempt < MailFixture.Failures; attempt++)
            {
                using var wrong = await fixture.LogInAsync(user.Username, "not-the-password", Ct);
                await ProblemJson.AssertAsync(wrong, HttpStatusCode.Unauthorized, Ct);
            }

            using var right = await fixture.LogInAsync(user.Username, UserServiceApp.Password, Ct);
            Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        }
    }

    [Fact]
    public async Task Lockout_AnotherReplica_KnowsIt()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await LockAsync(user.Username);
        await using var replica = await fixture.ReplicaAsync(Ct);
        using var client = replica.Anonymous();

        using var response = await client.PostAsync("/v1/auth/login", Json.Body($$"""{"username":"{{user.Username}}","password":"{{UserServiceApp.Password}}"}"""), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.TooManyRequests, Ct);
    }

    [Fact]
    public async Task Lockout_ItsTimeIsOver_LetsTheOwnerIn()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await LockAsync(user.Username);
        var past = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(1);
        await fixture.App.QueryAsync(db => db.Set<LoginAttempt>().ExecuteUpdateAsync(set => set.SetProperty(row => row.EndsAt, past), Ct));

        using var wrong = await fixture.LogInAsync(user.Username, "not-the-password", Ct);
        using var right = await fixture.LogInAsync(user.Username, UserServiceApp.Password, Ct);

        await ProblemJson.AssertAsync(wrong, HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Lockout_PasswordChosenByMail_Ends()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await LockAsync(user.Username);
        await LockAsync(user.Email);

        using var reset = await fixture.ResetAsync(await fixture.ResetTokenAsync(user.Email, Ct), MailFixture.NewPassword, Ct);

        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
        foreach (var login in (string[])[user.Username, user.Email])
        {
            using var response = await fixture.LogInAsync(login, MailFixture.NewPassword, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Lockout_NameMadeUpLikeTheCountOfChanges_KeepsNoOwnerFromChanging()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await LockAsync($"change:{user.Id}");
        await LockAsync($"CHANGE:{user.Id}x");

        using var changed = await user.Client.PostAsJsonAsync("/v1/auth/password", new { current = UserServiceApp.Password, @new = MailFixture.NewPassword }, Ct);

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
    }

    [Fact]
    public async Task LogIn_HashOfOlderParameters_IsHashedAnewAndStaysGood()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var older = new Microsoft.AspNetCore.Identity.PasswordHasher<Account>(
            Microsoft.Extensions.Options.Options.Create(new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 100 })).HashPassword(null!, UserServiceApp.Password);
        await fixture.App.QueryAsync(db => db.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.PasswordHash, older), Ct));

        await fixture.App.LogInAsync(user.Username, Ct);

        var hash = await fixture.App.QueryAsync(db => db.Users.Where(row => row.Id == user.Id).Select(row => row.PasswordHash).SingleAsync(Ct));
        Assert.NotEqual(older, hash);
        await fixture.App.LogInAsync(user.Username, Ct);
        Assert.Equal(hash, await fixture.App.QueryAsync(db => db.Users.Where(row => row.Id == user.Id).Select(row => row.PasswordHash).SingleAsync(Ct)));
    }

    private async Task<JsonElement> LockAsync(string login)
    {
        for (var attempt = 0; attempt < MailFixture.Failures; attempt++)
        {
            using var wrong = await fixture.LogInAsync(login, "not-the-password", Ct);
            await ProblemJson.AssertAsync(wrong, HttpStatusCode.Unauthorized, Ct);
        }

        using var refused = await fixture.LogInAsync(login, "not-the-password", Ct);
        var seconds = int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture);
        Assert.InRange(seconds, 1, 15 * 60);
        return await ProblemJson.AssertAsync(refused, HttpStatusCode.TooManyRequests, Ct);
    }

    private static string Words(JsonElement problem) => string.Join('|', problem.EnumerateObject()
        .Where(member => member.Name != "trace_id")
        .Select(member => $"{member.Name}={string.Concat(member.Value.ToString().Where(character => !char.IsDigit(character)))}"));
}
