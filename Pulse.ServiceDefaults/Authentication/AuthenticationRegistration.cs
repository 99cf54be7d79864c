using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pulse.ServiceDefaults.Http;

namespace Pulse.ServiceDefaults.Authentication;

/// <summary>Bearer tokens for people, the service key for <c>/internal/*</c>. Every endpoint needs a token unless it says otherwise.</summary>
internal static class AuthenticationRegistration
{
    private const string Revoked = "The token was revoked.";

    public static void AddPulseAuthentication(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<ISigningKeys, JwksSigningKeys>();
        builder.Services.TryAddSingleton<IRevokedTokens, NothingRevoked>();
        builder.Services.AddSingleton<ValidatedTokens>();
        builder.Services.AddInternalHttpClient(JwksSigningKeys.Client, "users");
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<ISigningKeys, IRevokedTokens, ValidatedTokens>(Configure);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(TokenContract.AdminRole, policy => policy.RequireAuthenticatedUser().RequireRole(TokenContract.AdminRole))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        // It logs a stack trace for every expired token, and as an error that UserService is away, which ExceptionProblems tells.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Authentication.JwtBearer", LogLevel.None);
        builder.Services.AddOptions<ServiceKeyOptions>().BindConfiguration(ServiceKeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    }

    private static void Configure(JwtBearerOptions options, ISigningKeys keys, IRevokedTokens revoked, ValidatedTokens validated)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = TokenContract.Issuer,
            ValidAudience = TokenContract.Audience,
            ValidAlgorithms = [TokenContract.Algorithm],
            NameClaimType = TokenContract.Username,
            RoleClaimType = TokenContract.Role,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(5),
            IssuerSigningKeyResolver = (_, _, keyId, _) => keys.Current.Where(key => key.KeyId == keyId),
        };
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = async context =>
            {
                if (BearerToken(context.Request) is not { } token) return;

                if (validated.Find(token) is { } principal)
                {
                    context.Principal = principal;
                    if (revoked.IsRevoked(principal)) context.Fail(Revoked);
                    else context.Success();
                    return;
                }

                await keys.EnsureAsync(KeyIdOf(token), context.HttpContext.RequestAborted);
            },
            OnTokenValidated = context =>
            {
                if (revoked.IsRevoked(context.Principal!)) context.Fail(Revoked);
                else if (BearerToken(context.Request) is { } token) validated.Add(token, context.Principal!, new DateTimeOffset(context.SecurityToken.ValidTo, TimeSpan.Zero));
                return Task.CompletedTask;
            },
        };
    }

    private static string? BearerToken(HttpRequest request)
    {
        const string Prefix = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;
    }

    private static string? KeyIdOf(string token)
    {
        var handler = new JsonWebTokenHandler();
        if (!handler.CanReadToken(token)) return null;
        try
        {
            return handler.ReadJsonWebToken(token).Kid;
        }
        catch (ArgumentException)
        {
            // Three dots and no JSON: validation will refuse it with its own message.
            return null;
        }
    }
}
