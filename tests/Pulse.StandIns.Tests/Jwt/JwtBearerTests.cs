using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace Pulse.StandIns.Tests.Jwt;

public sealed class JwtBearerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_ValidEs256Token_ReachesTheRouteWithItsClaims()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);

        using var response = await app.GetAsync("/me", ProtectedApp.Write(app.Descriptor()), Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("42", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Request_NoToken_IsChallengedWithoutError()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);

        using var response = await app.GetAsync("/me", token: null, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Request_AlgorithmNone_IsRefused()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);
        var descriptor = app.Descriptor();
        descriptor.SigningCredentials = null;

        using var response = await app.GetAsync("/me", ProtectedApp.Write(descriptor), Ct);

        AssertRefused(response, "The signature is invalid");
    }

    [Fact]
    public async Task Request_SymmetricTokenFromThePublicKey_IsRefused()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);
        var descriptor = app.Descriptor();
        // The classic confusion: the verifier's public key, known to everyone, used as an HMAC secret.
        var publicKey = ((ECDsaSecurityKey)app.Credentials.Key).ECDsa.ExportSubjectPublicKeyInfo();
        descriptor.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(publicKey) { KeyId = "k1" }, SecurityAlgorithms.HmacSha256);

        using var response = await app.GetAsync("/me", ProtectedApp.Write(descriptor), Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Request_OtherKeySameId_IsRefused()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var descriptor = app.Descriptor();
        descriptor.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(other) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256);

        using var response = await app.GetAsync("/me", ProtectedApp.Write(descriptor), Ct);

        AssertRefused(response, "The signature is invalid");
    }

    [Fact]
    public async Task Request_ExpiredToken_IsRefused()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);
        var descriptor = app.Descriptor();
        descriptor.Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1);

        using var response = await app.GetAsync("/me", ProtectedApp.Write(descriptor), Ct);

        AssertRefused(response, "The token expired at '");
    }

    [Fact]
    public async Task Request_OtherAudience_IsRefused()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);
        var descriptor = app.Descriptor();
        descriptor.Audience = "elsewhere";

        using var response = await app.GetAsync("/me", ProtectedApp.Write(descriptor), Ct);

        AssertRefused(response, "The audience '");
    }

    [Fact]
    public async Task Request_NotAToken_IsRefusedWithoutDescription()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);

        using var response = await app.GetAsync("/me", "not-a-token", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Request_PolicyNotMet_IsForbidden()
    {
        await using var app = await ProtectedApp.StartAsync(Ct);

        using var response = await app.GetAsync("/admin", ProtectedApp.Write(app.Descriptor()), Ct);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task OnChallenge_HandleResponse_LeavesTheResponseToTheApplication()
    {
        await using var app = await ProtectedApp.StartAsync(Ct, options => options.Events = new JwtBearerEvents
        {
            OnChallenge = context =>
            {
                context.HandleResponse();
                context.Response.StatusCode = StatusCodes.Teapot;
                return Task.CompletedTask;
            }
        });

        using var response = await app.GetAsync("/me", token: null, Ct);

        Assert.Equal(StatusCodes.Teapot, (int)response.StatusCode);
        Assert.Empty(response.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task OnMessageReceived_Success_SkipsTheTokenHandlers()
    {
        await using var app = await ProtectedApp.StartAsync(Ct, options => options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "7")], "cached", "sub", roleType: null));
                context.Success();
                return Task.CompletedTask;
            }
        });

        using var response = await app.GetAsync("/me", token: null, Ct);

        Assert.Equal("7", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task OnTokenValidated_Fail_IsRefused()
    {
        await using var app = await ProtectedApp.StartAsync(Ct, options => options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                Assert.Equal("k1", ((Microsoft.IdentityModel.JsonWebTokens.JsonWebToken)context.SecurityToken).Kid);
                context.Fail("revoked");
                return Task.CompletedTask;
            }
        });

        using var response = await app.GetAsync("/me", ProtectedApp.Write(app.Descriptor()), Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Keys_FromResolver_AreAskedByKeyId()
    {
        var asked = new List<string>();
        await using var app = await ProtectedApp.StartAsync(Ct, options =>
        {
            var key = options.TokenValidationParameters.IssuerSigningKey;
            options.TokenValidationParameters.IssuerSigningKey = null;
            options.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, kid, _) =>
            {
                asked.Add(kid);
                return [key];
            };
        });

        using var response = await app.GetAsync("/me", ProtectedApp.Write(app.Descriptor()), Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["k1"], asked);
    }

    private static void AssertRefused(HttpResponseMessage response, string description)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var challenge = response.Headers.WwwAuthenticate.ToString();
        Assert.True(challenge.StartsWith($"Bearer error=\"invalid_token\", error_description=\"{description}", StringComparison.Ordinal), challenge);
    }

    private static class StatusCodes
    {
        public const int Teapot = 418;
    }
}
