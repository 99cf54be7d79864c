using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.UserService.Accounts;
using Pulse.UserService.Data;

namespace Pulse.UserService.Tokens;

/// <summary>Issues pairs of an access and a refresh token, renews and revokes them.</summary>
internal sealed partial class TokenIssuer(
    UserDbContext db,
    TokenOwners owners,
    RevocationLog revocations,
    DatabaseSigningKeys keys,
    SnowflakeGenerator ids,
    IOptions<TokenOptions> options,
    TimeProvider clock,
    ILogger<TokenIssuer> logger)
{
    /// <summary>Claim: the family of refresh tokens that the access token came with, for logging out.</summary>
    public const string FamilyClaim = TokenContract.Session;

    private const int RefreshTokenBytes = 32;

    private static readonly JsonWebTokenHandler Handler = new();

    /// <summary>The login that an access token belongs to.</summary>
    public static long? FamilyOf(ClaimsPrincipal caller) =>
        long.TryParse(caller.FindFirstValue(FamilyClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var family) ? family : null;

    /// <summary>The first pair of a login.</summary>
    /// <param name="user">Who logs in.</param>
    /// <param name="passwordHash">The hash that his password was found good by.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>Null when the password was changed, or the account lost its right to tokens, in the meantime.</returns>
    public async Task<TokenResponse?> IssueAsync(UserId user, string passwordHash, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await owners.HoldAsync(user, ct) is not { } owner || owner.PasswordHash != passwordHash) return null;

        // Its time is that of the login, and after whatever revoked the logins before: the owner is held.
        var family = ids.Next();
        var refreshToken = AddRefreshToken(user, family);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await RespondAsync(user, owner, family, refreshToken, ct);
    }

    /// <summary>The next pair. A token that was used before has been stolen, here or there: nobody keeps the family.</summary>
    /// <returns>Null when the token is not good.</returns>
    public async Task<TokenResponse?> RenewAsync(string refreshToken, CancellationToken ct)
    {
        var current = db.RefreshTokens.AsNoTracking().Where(token => token.Hash == Hash(refreshToken));
        if (await current.SingleOrDefaultAsync(ct) is not { Family: var family, UserId: var user }) return null;

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // One at a time within a family: who finds a used token must find its successors too, committed, to revoke them.
        await HoldFamilyAsync(family, ct);
        var owner = await owners.HoldAsync(user, ct);
        var (known, now) = (await current.SingleOrDefaultAsync(ct), clock.GetUtcNow());
        if (known?.UsedAt is not null)
        {
            await EndFamilyAsync(family, user, ct);
            await transaction.CommitAsync(ct);
            return null;
        }

        if (known is null || owner is null || known.RevokedAt is not null || known.ExpiresAt <= now) return null;

        await current.ExecuteUpdateAsync(set => set.SetProperty(token => token.UsedAt, now), ct);
        var next = AddRefreshToken(user, family);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await RespondAsync(user, owner, family, next, ct);
    }

    /// <summary>Ends a login: no token of its family renews any more, and its access tokens are refused.</summary>
    public async Task RevokeAsync(long family, UserId owner, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldFamilyAsync(family, ct);
        await owners.HoldAsync(owner, ct);
        await EndFamilyAsync(family, owner, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Ends every login of a user but one, within the caller's transaction, which has written the account before and adds nothing after.</summary>
    public async Task RevokeAllAsync(UserId owner, long? keptFamily, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var ended = await db.Database.SqlQuery<long>(
            $"""
            UPDATE refresh_tokens SET revoked_at = {now}
            WHERE user_id = {owner.Value} AND revoked_at IS NULL AND family IS DISTINCT FROM {keptFamily}::bigint
            RETURNING family AS "Value"
            """).ToListAsync(ct);
        await revocations.AddSessionsAsync([.. ended.Distinct()], ct);
        LogAllRevoked(owner, keptFamily);
    }

    private Task HoldFamilyAsync(long family, CancellationToken ct) => db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({family})", ct);

    private async Task EndFamilyAsync(long family, UserId owner, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var ended = await db.RefreshTokens
            .Where(token => token.Family == family && token.UserId == owner && token.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(token => token.RevokedAt, now), ct);
        if (ended == 0) return;

        await revocations.AddSessionsAsync([family], ct);
        LogRevoked(family, owner);
    }

    private static byte[] Hash(string refreshToken) => SHA256.HashData(Encoding.UTF8.GetBytes(refreshToken));

    private string AddRefreshToken(UserId user, long family)
    {
        var token = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(RefreshTokenBytes));
        db.RefreshTokens.Add(new RefreshToken { Hash = Hash(token), Family = family, UserId = user, ExpiresAt = clock.GetUtcNow() + options.Value.RefreshLifetime });
        return token;
    }

    private async Task<TokenResponse> RespondAsync(UserId user, TokenOwner owner, long family, string refreshToken, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var lifetime = options.Value.AccessLifetime;
        var accessToken = Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = TokenContract.Issuer,
            Audience = TokenContract.Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            Claims = ClaimsOf(user, owner, family),
            SigningCredentials = new SigningCredentials(await keys.SigningKeyAsync(ct), TokenContract.Algorithm),
        });
        return new TokenResponse(accessToken, "bearer", (int)lifetime.TotalSeconds, refreshToken);
    }

    private static Dictionary<string, object> ClaimsOf(UserId user, TokenOwner owner, long family)
    {
        var claims = new Dictionary<string, object>
        {
            [TokenContract.Subject] = user.ToString(),
            [TokenContract.Username] = owner.Username,
            [FamilyClaim] = family.ToString(CultureInfo.InvariantCulture),
        };
        if (owner.Role == (short)AccountRole.Admin) claims[TokenContract.Role] = TokenContract.AdminRole;
        return claims;
    }

    [LoggerMessage(3103, LogLevel.Information, "Revoked the refresh tokens of family {Family} of user {User}")]
    private partial void LogRevoked(long family, UserId user);

    [LoggerMessage(3104, LogLevel.Information, "Revoked the refresh tokens of user {User}, but those of family {Kept}")]
    private partial void LogAllRevoked(UserId user, long? kept);
}

/// <summary>Answer of login and refresh.</summary>
public sealed record TokenResponse(string AccessToken, string TokenType, int ExpiresIn, string RefreshToken);
