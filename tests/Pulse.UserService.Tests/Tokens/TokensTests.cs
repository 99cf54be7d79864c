using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pulse.Contracts;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Data;
using Pulse.UserService.Tests.Hosting;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Tests.Tokens;

public sealed class TokensTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_Published_ValidateAnAccessTokenAndHoldNoPrivatePart()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var client = fixture.App.Anonymous();

        var json = await client.GetStringAsync(TokenContract.KeysPath, Ct);

        Assert.DoesNotContain("\"d\"", json, StringComparison.Ordinal);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(user.Tokens.AccessToken, new TokenValidationParameters
        {
            ValidIssuer = TokenContract.Issuer,
            ValidAudience = TokenContract.Audience,
            ValidAlgorithms = [TokenContract.Algorithm],
            IssuerSigningKeys = new JsonWebKeySet(json).GetSigningKeys(),
        });
        Assert.True(result.IsValid, result.Exception?.Message);
    }

    [Fact]
    public async Task Refresh_Once_GivesANewPairThatWorks()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        var pair = await RefreshedAsync(user.Tokens.RefreshToken);

        using var client = fixture.App.WithToken(pair.AccessToken);
        using var me = await client.GetAsync("/v1/users/me", Ct);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        await RefreshedAsync(pair.RefreshToken);
    }

    [Fact]
    public async Task Refresh_UsedTokenAgain_RevokesTheFamily()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var other = await fixture.App.LogInAsync(user.Username, Ct);
        var pair = await RefreshedAsync(user.Tokens.RefreshToken);

        using var reused = await SendAsync(user.Tokens.RefreshToken);
        await ProblemJson.AssertAsync(reused, HttpStatusCode.Unauthorized, Ct);

        using var next = await SendAsync(pair.RefreshToken);
        await ProblemJson.AssertAsync(next, HttpStatusCode.Unauthorized, Ct);
        await RefreshedAsync(other.RefreshToken);
    }

    [Fact]
    public async Task Refresh_SameTokenAtOnce_OneWinsAndItsFamilyEnds()
    {
        const int Renewals = 8;
        var user = await fixture.App.NewUserAsync(Ct);
        var sent = new List<Task<HttpResponseMessage>>();
        await fixture.App.QueryAsync(async db =>
        {
            // Kept at the account, where each comes before it looks at the token, they go on in the same moment; by themselves they might pass one by one.
            await using var transaction = await db.Database.BeginTransactionAsync(Ct);
            await db.Database.ExecuteSqlAsync($"SELECT id FROM users WHERE id = {user.Id.Value} FOR UPDATE", Ct);
            for (var i = 0; i < Renewals; i++) sent.Add(SendAsync(user.Tokens.RefreshToken));
            await Until.TrueAsync(async () => await WaitingAsync() >= Renewals, "all renewals wait", Ct);
            await transaction.CommitAsync(Ct);
            return true;
        });

        var responses = await Task.WhenAll(sent);

        var won = Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        Assert.Equal(Renewals - 1, responses.Count(response => response.StatusCode == HttpStatusCode.Unauthorized));
        var pair = (await won.Content.ReadFromJsonAsync<TokenResponse>(PulseJson.Options, Ct))!;
        using var next = await SendAsync(pair.RefreshToken);
        await ProblemJson.AssertAsync(next, HttpStatusCode.Unauthorized, Ct);
        foreach (var response in responses) response.Dispose();
    }

    [Fact]
    public async Task Refresh_ReplayBesideRenewals_LeavesNoTokenOfTheFamily()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var stolen = user.Tokens.RefreshToken;
        var newest = (await RefreshedAsync(stolen)).RefreshToken;
        // The owner goes on renewing while the thief comes with what he has.
        var owner = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var response = await SendAsync(newest);
                    if (!response.IsSuccessStatusCode) return;
                    newest = (await response.Content.ReadFromJsonAsync<TokenResponse>(PulseJson.Options, Ct))!.RefreshToken;
                }
            },
            Ct);

        using var thief = await SendAsync(stolen);

        await owner;
        var family = await fixture.App.QueryAsync(db => db.RefreshTokens.Where(token => token.UserId == user.Id).ToListAsync(Ct));
        Assert.All(family, token => Assert.NotNull(token.RevokedAt));
    }

    [Fact]
    public async Task Refresh_DeletedAccount_IsRefused()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await fixture.App.QueryAsync(async db =>
        {
            await db.FollowerCounts.Where(count => count.UserId == user.Id).ExecuteDeleteAsync(Ct);
            return await db.Users.Where(known => known.Id == user.Id).ExecuteDeleteAsync(Ct);
        });

        using var response = await SendAsync(user.Tokens.RefreshToken);

        await ProblemJson.AssertAsync(response, HttpStatusCode.Unauthorized, Ct);
    }

    [Fact]
    public async Task ExpiredRows_Deleted_LeaveWhatStillMeansSomething()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var (expired, revoked) = (await fixture.App.LogInAsync(user.Username, Ct), await fixture.App.LogInAsync(user.Username, Ct));
        var pair = await RefreshedAsync(user.Tokens.RefreshToken);
        var past = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(2);
        await fixture.App.QueryAsync(async db =>
        {
            await db.RefreshTokens.Where(token => token.Hash == HashOf(expired)).ExecuteUpdateAsync(set => set.SetProperty(token => token.ExpiresAt, past), Ct);
            return await db.RefreshTokens.Where(token => token.Hash == HashOf(revoked)).ExecuteUpdateAsync(set => set.SetProperty(token => token.RevokedAt, past), Ct);
        });

        await fixture.App.Services.GetRequiredService<ExpiredRows>().DeleteAsync(Ct);

        var left = await fixture.App.QueryAsync(db => db.RefreshTokens.Where(token => token.UserId == user.Id).Select(token => token.Hash).ToListAsync(Ct));
        // The used one too: its replay ends the family.
        Assert.Equal(
            ((byte[][])[HashOf(user.Tokens), HashOf(pair)]).Select(Convert.ToHexString).Order(StringComparer.Ordinal),
            left.Select(Convert.ToHexString).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Refresh_Expired_IsRefused()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await fixture.App.QueryAsync(db => db.RefreshTokens.Where(token => token.UserId == user.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(token => token.ExpiresAt, TimeProvider.System.GetUtcNow()), Ct));

        using var response = await SendAsync(user.Tokens.RefreshToken);

        await ProblemJson.AssertAsync(response, HttpStatusCode.Unauthorized, Ct);
    }

    [Theory]
    [InlineData("made-up")]
    [InlineData("\u0000")]
    public async Task Refresh_UnknownToken_IsRefused(string token)
    {
        using var response = await SendAsync(token);

        await ProblemJson.AssertAsync(response, HttpStatusCode.Unauthorized, Ct);
    }

    [Fact]
    public async Task RefreshTokens_AtRest_AreHashed()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        var row = await fixture.App.QueryAsync(db => db.RefreshTokens.SingleAsync(token => token.UserId == user.Id, Ct));

        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(user.Tokens.RefreshToken)), row.Hash);
    }

    [Fact]
    public async Task Logout_OneLogin_EndsItAndNoOther()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        var other = await fixture.App.LogInAsync(user.Username, Ct);

        using var response = await user.Client.PostAsync("/v1/auth/logout", content: null, Ct);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        using var refused = await SendAsync(user.Tokens.RefreshToken);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.Unauthorized, Ct);
        await RefreshedAsync(other.RefreshToken);
    }

    // On a connection of its own: within a transaction the view does not change.
    private Task<int> WaitingAsync() => fixture.App.QueryAsync(db => db.Database
        .SqlQuery<int>($"""SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'""").SingleAsync(Ct));

    private static byte[] HashOf(TokenResponse tokens) => SHA256.HashData(Encoding.UTF8.GetBytes(tokens.RefreshToken));

    private async Task<TokenResponse> RefreshedAsync(string refreshToken)
    {
        using var response = await SendAsync(refreshToken);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<TokenResponse>(PulseJson.Options, Ct))!;
    }

    private async Task<HttpResponseMessage> SendAsync(string refreshToken)
    {
        using var client = fixture.App.Anonymous();
        return await client.PostAsJsonAsync("/v1/auth/refresh", new { refresh_token = refreshToken }, PulseJson.Options, Ct);
    }
}
