using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.Tokens;
using Pulse.Contracts.Internal;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Tokens;

internal static class TokensApi
{
    public static void MapTokensApi(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/v1/auth").WithTags("Accounts and tokens");
        auth.MapPost("/refresh", Refresh).WithName("Refresh").WithSummary("A new pair of tokens for a refresh token, once").AllowAnonymous()
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/logout", Logout).WithName("Logout").WithSummary("Ends this login: its refresh tokens renew no more, its access tokens are refused within seconds")
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status429TooManyRequests);
        var operations = routes.MapInternalGroup();
        operations.MapGet("/revocations", Revocations);
        operations.MapPost("/keys/rotate", RotateKeys);
        routes.MapGet(TokenContract.KeysPath, Keys).WithTags("Accounts and tokens").WithName("SigningKeys").WithSummary("The public signing keys").AllowAnonymous();
    }

    internal static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> Refresh(RefreshRequest request, TokenIssuer tokens, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(request.RefreshToken)) return Problem.Invalid("refresh_token", "A refresh token is needed.");

        return await tokens.RenewAsync(request.RefreshToken, ct) is { } pair
            ? TypedResults.Ok(pair)
            : Problem.Unauthorized("The refresh token is not good any more; log in again.");
    }

    internal static async Task<NoContent> Logout(ClaimsPrincipal caller, TokenIssuer tokens, CancellationToken ct)
    {
        if (TokenIssuer.FamilyOf(caller) is { } family) await tokens.RevokeAsync(family, caller.Id(), ct);
        return TypedResults.NoContent();
    }

    internal static async Task<Results<Ok<RevocationPage>, ProblemHttpResult>> Revocations(long? after, RevocationLog log, CancellationToken ct) =>
        after < 0 ? Problem.Invalid("after", "The cursor is the id of a revocation, or 0.") : TypedResults.Ok(await log.ReadAsync(after ?? 0, ct));

    internal static async Task<Ok<RotationResponse>> RotateKeys(KeyRotation rotation, CancellationToken ct)
    {
        var newest = await rotation.RotateAsync(wanted: true, ct);
        return TypedResults.Ok(new RotationResponse(newest.KeyId, newest.ActivatesAt));
    }

    internal static async Task<Ok<KeySetResponse>> Keys(DatabaseSigningKeys keys, HttpResponse response, CancellationToken ct)
    {
        await keys.SigningKeyAsync(ct);
        response.Headers.CacheControl = "public, max-age=60";
        return TypedResults.Ok(new KeySetResponse([.. keys.Current.Cast<ECDsaSecurityKey>().Select(KeyResponse.From)]));
    }
}

public sealed record RefreshRequest(string? RefreshToken);

/// <param name="KeyId">The newest signing key.</param>
/// <param name="ActivatesAt">From when on it signs.</param>
public sealed record RotationResponse(string KeyId, DateTimeOffset ActivatesAt);

/// <summary>A JSON Web Key Set.</summary>
public sealed record KeySetResponse(IReadOnlyList<KeyResponse> Keys);

/// <summary>The public part of a key; names are those of RFC 7517.</summary>
public sealed record KeyResponse(string Kty, string Crv, string X, string Y, string Kid, string Use, string Alg)
{
    internal static KeyResponse From(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new KeyResponse("EC", "P-256", Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y), key.KeyId, "sig", TokenContract.Algorithm);
    }
}
