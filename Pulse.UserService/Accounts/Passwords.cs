using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Pulse.UserService.Accounts;

/// <summary>Hashes and checks passwords; a check takes the same time whether or not there is an account.</summary>
internal sealed class Passwords(IPasswordHasher<Account> hasher)
{
    // The hasher of ASP.NET Core salts by itself and looks at no account.
    private static readonly Account Nobody = new() { Id = default, Username = "", Email = "", DisplayName = "", CreatedAt = default };

    // Made with the first use of any password: made with the first unknown name it would give that name away.
    private readonly string _decoy = hasher.HashPassword(Nobody, RandomNumberGenerator.GetHexString(32));

    public string Hash(string password) => hasher.HashPassword(Nobody, password);

    public bool Verify(string? hash, string password) =>
        hasher.VerifyHashedPassword(Nobody, hash ?? _decoy, password) != PasswordVerificationResult.Failed && hash is not null;
}
