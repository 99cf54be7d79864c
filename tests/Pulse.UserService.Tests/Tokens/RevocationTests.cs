using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Pulse.Contracts;
using Pulse.Contracts.Internal;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Data;
using Pulse.UserService.Tests.Hosting;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Tests.Tokens;

public sealed class RevocationTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logout_OneLogin_IsInTheLogOnceAndForAsLongAsItsTokens()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var cursor = (await ReadAsync(0)).LastId;

        foreach (var _ in (int[])[1, 2])
        {
            using var logout = await user.Client.PostAsync("/v1/auth/logout", content: null, Ct);
            Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        }

        var revoked = Assert.Single(await AllAsync(cursor), row => row.Session == SessionOf(user.Tokens));
        Assert.Null(revoked.UserId);
        Assert.InRange(revoked.ExpiresAt - revoked.At, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(20));
    }

    [Fact]
    public async Task Refresh_UsedTokenAgain_IsInTheLog()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        foreach (var expected in (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Unauthorized])
        {
            using var client = fixture.App.Anonymous();
            using var response = await client.PostAsJsonAsync("/v1/auth/refresh", new { refresh_token = user.Tokens.RefreshToken }, PulseJson.Options, Ct);
            Assert.Equal(expected, response.StatusCode);
        }

        Assert.Contains(await AllAsync(0), row => row.Session == SessionOf(user.Tokens));
    }

    [Fact]
    public async Task ChangePassword_Others_AreInTheLogAndTheOwnIsNot()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var others = new[] { await fixture.App.LogInAsync(user.Username, Ct), await fixture.App.LogInAsync(user.Username, Ct) };

        using var changed = await user.Client.PostAsJsonAsync("/v1/auth/password", new { current = UserServiceApp.Password, @new = "another one 456" }, PulseJson.Options, Ct);

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        var sessions = (await AllAsync(0)).Select(row => row.Session).ToHashSet();
        Assert.All(others, other => Assert.Contains(SessionOf(other), sessions));
        Assert.DoesNotContain(SessionOf(user.Tokens), sessions);
    }

    [Fact]
    public async Task User_Revoked_IsInTheLogByHisId()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await using (var scope = fixture.App.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<UserDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await scope.ServiceProvider.GetRequiredService<RevocationLog>().AddUserAsync(user.Id, Ct);
            await transaction.CommitAsync(Ct);
        }

        Assert.Contains(await AllAsync(0), row => row.UserId == user.Id && row.Session is null);
    }

    [Fact]
    public async Task Feed_ReadWhileMuchIsRevoked_MissesNothing()
    {
        var users = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => fixture.App.NewUserAsync(Ct)));
        var logins = (await Task.WhenAll(users.SelectMany(user => Enumerable.Range(0, 5).Select(_ => fixture.App.LogInAsync(user.Username, Ct))))).ToList();
        var cursor = (await ReadAsync(0)).LastId;
        var seen = new HashSet<long>();
        using var done = new CancellationTokenSource();
        var reader = Task.Run(
            async () =>
            {
                for (var last = false; !last;)
                {
                    last = done.IsCancellationRequested;
                    var page = await ReadAsync(cursor);
                    foreach (var row in page.Revocations) seen.Add(row.Session ?? 0);
                    cursor = page.Revocations.Count > 0 ? page.Revocations[^1].Id : cursor;
                }
            },
            Ct);

        await Task.WhenAll(logins.Select(async login =>
        {
            using var client = fixture.App.WithToken(login.AccessToken);
            using var logout = await client.PostAsync("/v1/auth/logout", content: null, Ct);
            logout.EnsureSuccessStatusCode();
        }));

        await done.CancelAsync();
        await reader;
        Assert.Empty(logins.Select(SessionOf).Except(seen));
    }

    [Fact]
    public async Task Feed_BadCursorOrNoKey_IsRefused()
    {
        using var client = fixture.App.Internal();
        using var negative = await client.GetAsync("/internal/revocations?after=-1", Ct);
        using var text = await client.GetAsync("/internal/revocations?after=x", Ct);
        using var anonymous = fixture.App.Anonymous();
        using var noKey = await anonymous.GetAsync("/internal/revocations", Ct);

        await ProblemJson.AssertAsync(negative, HttpStatusCode.BadRequest, Ct, "after");
        await ProblemJson.AssertAsync(text, HttpStatusCode.BadRequest, Ct, "after");
        await ProblemJson.AssertAsync(noKey, HttpStatusCode.Unauthorized, Ct);
    }

    private static long SessionOf(TokenResponse tokens) =>
        long.Parse(new JsonWebTokenHandler().ReadJsonWebToken(tokens.AccessToken).GetClaim(TokenIssuer.FamilyClaim).Value, System.Globalization.CultureInfo.InvariantCulture);

    private async Task<RevocationPage> ReadAsync(long after)
    {
        using var client = fixture.App.Internal();
        return await client.GetAsync<RevocationPage>($"/internal/revocations?after={after}", Ct);
    }

    private async Task<List<Revocation>> AllAsync(long after)
    {
        List<Revocation> all = [];
        while (await ReadAsync(after) is { Revocations: [.., var last] } page)
        {
            all.AddRange(page.Revocations);
            after = last.Id;
        }

        return all;
    }
}
