using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Pulse.StandIns.Tests.Jwt;

/// <summary>One route behind a bearer token, and the means to make tokens for it.</summary>
internal sealed class ProtectedApp : IAsyncDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HttpClient _http = new();
    private WebApplication _app = null!;

    public SigningCredentials Credentials => new(new ECDsaSecurityKey(_key) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256);

    public static async Task<ProtectedApp> StartAsync(CancellationToken ct, Action<JwtBearerOptions>? configure = null)
    {
        var test = new ProtectedApp();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = "pulse",
                ValidAudience = "pulse-api",
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                IssuerSigningKey = test.Credentials.Key,
                ClockSkew = TimeSpan.Zero,
                NameClaimType = "sub"
            };
            configure?.Invoke(options);
        });

        test._app = builder.Build();
        test._app.Urls.Add("http://127.0.0.1:0");
        test._app.UseAuthentication();
        test._app.UseAuthorization();
        test._app.MapGet("/me", (HttpContext context) => context.User.Identity!.Name).RequireAuthorization();
        test._app.MapGet("/admin", () => "").RequireAuthorization(policy => policy.RequireClaim("role", "admin"));
        await test._app.StartAsync(ct);
        return test;
    }

    public SecurityTokenDescriptor Descriptor() => new()
    {
        Issuer = "pulse",
        Audience = "pulse-api",
        Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = "42" },
        NotBefore = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-10),
        Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(10),
        SigningCredentials = Credentials
    };

    public static string Write(SecurityTokenDescriptor descriptor) => new JsonWebTokenHandler().CreateToken(descriptor);

    public async Task<HttpResponseMessage> GetAsync(string path, string? token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _app.Urls.First() + path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        return await _http.SendAsync(request, ct);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _key.Dispose();
    }
}
