using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Pulse.Contracts;
using Pulse.ServiceDefaults.Authentication;
using Pulse.TestInfrastructure.Http;
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
    public async Task Refresh_SameTokenAtOnce_OneWins()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        var responses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(user.Tokens.RefreshToken)));

        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.OK);
        foreach (var response in responses) response.Dispose();
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

    [Fact]
    public async Task SigningKey_ManyReplicasAtOnce_AgreeOnOne()
    {
        await using var empty = NpgsqlDataSource.Create(await fixture.Postgres.CreateDatabaseAsync("signing_keys", Ct));
        await using var create = empty.CreateCommand("CREATE TABLE signing_keys (kid text PRIMARY KEY, private_key bytea NOT NULL, created_at timestamptz NOT NULL)");
        await create.ExecuteNonQueryAsync(Ct);
        var replicas = Enumerable.Range(0, 8).Select(_ => new DatabaseSigningKeys(empty, TimeProvider.System, NullLogger<DatabaseSigningKeys>.Instance)).ToList();

        var keys = await Task.WhenAll(replicas.Select(replica => replica.SigningKeyAsync(Ct).AsTask()));

        Assert.Single(keys.Select(key => key.KeyId).Distinct(StringComparer.Ordinal));
        foreach (var replica in replicas) replica.Dispose();
    }

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
