using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Pulse.Contracts.Ids;
using Pulse.UserService.Data;

namespace Pulse.UserService.Accounts;

/// <summary>A token that was sent by mail, as it rests: its SHA-256 alone. A user has one for each purpose; a newer one takes its place.</summary>
internal sealed class AccountToken
{
    public required UserId UserId { get; init; }

    public required string Purpose { get; init; }

    public required byte[] Hash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Tokens that go out by mail and come back once.</summary>
internal sealed class AccountTokens(UserDbContext db, TimeProvider clock)
{
    public const string Reset = "reset";
    public const string VerifyEmail = "verify-email";

    public static readonly TimeSpan ResetLifetime = TimeSpan.FromHours(1);
    public static readonly TimeSpan VerifyLifetime = TimeSpan.FromDays(3);

    private const int TokenBytes = 32;

    /// <summary>A new token; the one before it is void.</summary>
    public async Task<string> IssueAsync(UserId user, string purpose, TimeSpan lifetime, CancellationToken ct)
    {
        var token = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(TokenBytes));
        var (hash, expiresAt) = (Hash(token), clock.GetUtcNow() + lifetime);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO account_tokens (user_id, purpose, hash, expires_at) VALUES ({user.Value}, {purpose}, {hash}, {expiresAt})
            ON CONFLICT (user_id, purpose) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
            """,
            ct);
        return token;
    }

    /// <summary>Whose token it is, if it is good; it stays so.</summary>
    public async Task<UserId?> FindAsync(string token, string purpose, CancellationToken ct)
    {
        var (hash, now) = (Hash(token), clock.GetUtcNow());
        return await db.Set<AccountToken>()
            .Where(known => known.Hash == hash && known.Purpose == purpose && known.ExpiresAt > now)
            .Select(known => (UserId?)known.UserId)
            .SingleOrDefaultAsync(ct);
    }

    /// <summary>Uses a token up, within the caller's transaction.</summary>
    /// <returns>False when it is not good any more.</returns>
    public async Task<bool> UseAsync(UserId user, string token, string purpose, CancellationToken ct)
    {
        var (hash, now) = (Hash(token), clock.GetUtcNow());
        return await db.Set<AccountToken>()
            .Where(known => known.UserId == user && known.Hash == hash && known.Purpose == purpose && known.ExpiresAt > now)
            .ExecuteDeleteAsync(ct) == 1;
    }

    /// <summary>Makes what was sent for a purpose void.</summary>
    public Task VoidAsync(UserId user, string purpose, CancellationToken ct) =>
        db.Set<AccountToken>().Where(known => known.UserId == user && known.Purpose == purpose).ExecuteDeleteAsync(ct);

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
