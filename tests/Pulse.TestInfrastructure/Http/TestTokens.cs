using System.Globalization;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Pulse.Contracts.Ids;
using Pulse.ServiceDefaults.Authentication;

namespace Pulse.TestInfrastructure.Http;

/// <summary>Signs access tokens for a service whose <see cref="ISigningKeys"/> the test replaces by this.</summary>
public sealed class TestTokens : ISigningKeys, IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsaSecurityKey _securityKey;

    public TestTokens() => _securityKey = new ECDsaSecurityKey(_key) { KeyId = "test" };

    public IReadOnlyCollection<SecurityKey> Current => [_securityKey];

    public ValueTask EnsureAsync(string? keyId, CancellationToken ct) => ValueTask.CompletedTask;

    public string For(UserId user, string username) => Sign(user, username, TimeProvider.System.GetUtcNow());

    /// <summary>A token of a login that can be revoked.</summary>
    public string For(UserId user, string username, long session) => Sign(user, username, TimeProvider.System.GetUtcNow(), session);

    /// <summary>A token of an administrator.</summary>
    public string ForAdmin(UserId user, string username) => Sign(user, username, TimeProvider.System.GetUtcNow(), role: TokenContract.AdminRole);

    public string Expired(UserId user, string username) => Sign(user, username, TimeProvider.System.GetUtcNow() - (2 * Lifetime));

    public void Dispose() => _key.Dispose();

    private string Sign(UserId user, string username, DateTimeOffset now, long session = 0, string? role = null)
    {
        var claims = new Dictionary<string, object>
        {
            [TokenContract.Subject] = user.Value.ToString(CultureInfo.InvariantCulture),
            [TokenContract.Username] = username,
            [TokenContract.Session] = session.ToString(CultureInfo.InvariantCulture),
        };
        if (role is not null) claims[TokenContract.Role] = role;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = TokenContract.Issuer,
            Audience = TokenContract.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(_securityKey, TokenContract.Algorithm),
        });
    }
}
