using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;
using Pulse.UserService.Data;

namespace Pulse.UserService.Tokens;

/// <summary>Issues pairs of an access and a refresh token, renews and revokes them.</summary>
internal sealed partial class TokenIssuer(
    UserDbContext db,
    DatabaseSigningKeys keys,
    SnowflakeGenerator ids,
    IOptions<TokenOptions> options,
    TimeProvider clock,
    ILogger<TokenIssuer> logger)
{
    /// <summary>Claim: the family of refresh tokens that the access token came with, for logging out.</summary>
    public const string FamilyClaim = "sid";

    private const int RefreshTokenBytes = 32;

    private static readonly JsonWebTokenHandler Handler = new();

    /// <summary>The first pair of a login.</summary>
    public async Task<TokenResponse> IssueAsync(UserId user, string username, CancellationToken ct)
    {
        var family = ids.Next();
        var refreshToken = AddRefreshToken(user, family);
        await db.SaveChangesAsync(ct);
        return await RespondAsync(user, username, family, refreshToken, ct);
    }

    /// <summary>The next pair. A token that was used before has been stolen, here or there: nobody keeps the family.</summary>
    /// <returns>Null when the token is not good.</returns>
    public async Task<TokenResponse?> RenewAsync(string refreshToken, CancellationToken ct)
    {
        var (hash, now) = (Hash(refreshToken), clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var current = db.RefreshTokens.Where(token => token.Hash == hash);
        var used = await current
            .Where(token => token.UsedAt == null && token.RevokedAt == null && token.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(token => token.UsedAt, now), ct);
        var found = await (
            from token in current
            join user in db.Users on token.UserId equals user.Id
            select new { token.Family, user.Id, user.Username, token.UsedAt }).SingleOrDefaultAsync(ct);
        if (found is null) return null;

        if (used == 0)
        {
            if (found.UsedAt is not null) await RevokeAsync(found.Family, found.Id, ct);
            await transaction.CommitAsync(ct);
            return null;
        }

        var next = AddRefreshToken(found.Id, found.Family);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await RespondAsync(found.Id, found.Username, found.Family, next, ct);
    }

    /// <summary>Ends a login: no token of its family renews any more.</summary>
    public async Task RevokeAsync(long family, UserId owner, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.RefreshTokens
            .Where(token => token.Family == family && token.UserId == owner && token.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(token => token.RevokedAt, now), ct);
        LogRevoked(family, owner);
    }

    private static byte[] Hash(string refreshToken) => SHA256.HashData(Encoding.UTF8.GetBytes(refreshToken));

    private string AddRefreshToken(UserId user, long family)
    {
        var token = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(RefreshTokenBytes));
        db.RefreshTokens.Add(new RefreshToken { Hash = Hash(token), Family = family, UserId = user, ExpiresAt = clock.GetUtcNow() + options.Value.RefreshLifetime });
        return token;
    }

    private async Task<TokenResponse> RespondAsync(UserId user, string username, long family, string refreshToken, CancellationToken ct)
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
            Claims = new Dictionary<string, object>
            {
                [TokenContract.Subject] = user.ToString(),
                [TokenContract.Username] = username,
                [FamilyClaim] = family.ToString(CultureInfo.InvariantCulture),
            },
            SigningCredentials = new SigningCredentials(await keys.SigningKeyAsync(ct), TokenContract.Algorithm),
        });
        return new TokenResponse(accessToken, "bearer", (int)lifetime.TotalSeconds, refreshToken);
    }

    [LoggerMessage(3103, LogLevel.Information, "Revoked the refresh tokens of family {Family} of user {User}")]
    private partial void LogRevoked(long family, UserId user);
}

/// <summary>Answer of login and refresh.</summary>
public sealed record TokenResponse(string AccessToken, string TokenType, int ExpiresIn, string RefreshToken);
