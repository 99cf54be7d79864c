using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Pulse.UserService.Accounts;

/// <summary>Hashes and checks passwords; a check takes the same time whether or not there is an account.</summary>
internal sealed class Passwords(IPasswordHasher<Account> hasher) : IDisposable
{
    // The hasher of ASP.NET Core salts by itself and looks at no account.
    private static readonly Account Nobody = new() { Id = default, Username = "", Email = "", DisplayName = "", CreatedAt = default };

    // Made with the first use of any password: made with the first unknown name it would give that name away.
    private readonly string _decoy = hasher.HashPassword(Nobody, RandomNumberGenerator.GetHexString(32));

    // A hash takes a processor for a tenth of a second. On the threads of the pool a few logins at once would keep everything else
    // waiting, the proof of life for the gateway included; so each has a thread of its own, and no more of them than processors.
    private readonly SemaphoreSlim _processors = new(Environment.ProcessorCount);

    public Task<string> HashAsync(string password, CancellationToken ct) => AsideAsync(() => hasher.HashPassword(Nobody, password), ct);

    public async Task<bool> VerifyAsync(string? hash, string password, CancellationToken ct) => await CheckAsync(hash, password, ct) != PasswordVerificationResult.Failed;

    /// <summary>The same, and whether the hash is of older parameters than those of today.</summary>
    public async Task<PasswordVerificationResult> CheckAsync(string? hash, string password, CancellationToken ct)
    {
        var verdict = await AsideAsync(() => hasher.VerifyHashedPassword(Nobody, hash ?? _decoy, password), ct);
        return hash is null ? PasswordVerificationResult.Failed : verdict;
    }

    public void Dispose() => _processors.Dispose();

    private async Task<T> AsideAsync<T>(Func<T> work, CancellationToken ct)
    {
        await _processors.WaitAsync(ct);
        try
        {
            return await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _processors.Release();
        }
    }
}
