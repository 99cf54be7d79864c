using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Tokens;

/// <summary>The signing keys at hand, read again while they are used: no replica signs for long with a key that others have left behind.</summary>
internal sealed partial class DatabaseSigningKeys(SigningKeyStore store, IOptions<TokenOptions> options, TimeProvider clock, ILogger<DatabaseSigningKeys> logger) : ISigningKeys, IDisposable
{
    // A flood of tokens with made-up key ids must not become a flood of queries.
    private static readonly TimeSpan UnknownInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile IReadOnlyList<HeldKey> _keys = [];
    private volatile SecurityKey[] _current = [];
    private long _loadedAt;

    /// <summary>Those that check: also one that does not sign yet, and those that sign no more.</summary>
    public IReadOnlyCollection<SecurityKey> Current => _current;

    private TimeSpan Age => clock.GetUtcNow() - new DateTimeOffset(Interlocked.Read(ref _loadedAt), TimeSpan.Zero);

    /// <summary>The key that signs now, with its private part.</summary>
    public async ValueTask<ECDsaSecurityKey> SigningKeyAsync(CancellationToken ct)
    {
        await RefreshAsync(() => Age < options.Value.KeyReloadInterval, ct);
        var (keys, now) = (_keys, clock.GetUtcNow());
        // None is active yet where the first one was made by a replica whose clock is ahead.
        return (keys.LastOrDefault(key => key.ActivatesAt <= now) ?? keys[0]).Key;
    }

    public async ValueTask EnsureAsync(string? keyId, CancellationToken ct)
    {
        if (keyId is null || Has(keyId)) return;
        await RefreshAsync(() => Has(keyId) || Age < UnknownInterval, ct);
    }

    /// <summary>Reads the keys again, now.</summary>
    public Task ReloadAsync(CancellationToken ct) => LoadAsync(static () => false, ct);

    public void Dispose()
    {
        _loading.Dispose();
        foreach (var key in _keys) key.Key.ECDsa.Dispose();
    }

    private async ValueTask RefreshAsync(Func<bool> enough, CancellationToken ct)
    {
        if (_keys.Count > 0 && enough()) return;
        try
        {
            await LoadAsync(enough, ct);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            if (_keys.Count == 0) throw new DependencyUnavailableException("postgres", exception);
            LogReloadFailed(exception.GetBaseException().Message);
        }
    }

    private async Task LoadAsync(Func<bool> enough, CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            if (_keys.Count > 0 && enough()) return;

            var now = clock.GetUtcNow();
            var rows = await store.ReadAsync(ct);
            if (rows.Count == 0)
            {
                await store.RotateAsync(wanted: false, ct);
                rows = await store.ReadAsync(ct);
            }

            // Keys at hand stay the objects they are: a signature may be under way with one of them.
            _keys = [.. rows.Select(row => _keys.FirstOrDefault(key => key.Key.KeyId == row.KeyId) ?? Import(row))];
            _current = [.. _keys.Select(key => key.Key)];
            Interlocked.Exchange(ref _loadedAt, now.UtcTicks);
        }
        finally
        {
            _loading.Release();
        }
    }

    private static HeldKey Import(SigningKey row)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(row.PrivateKey, out _);
        return new HeldKey(new ECDsaSecurityKey(key) { KeyId = row.KeyId }, row.ActivatesAt);
    }

    private bool Has(string keyId) => _keys.Any(key => key.Key.KeyId == keyId);

    private sealed record HeldKey(ECDsaSecurityKey Key, DateTimeOffset ActivatesAt);

    [LoggerMessage(3102, LogLevel.Warning, "Signing keys could not be read again; the ones at hand go on: {Reason}")]
    private partial void LogReloadFailed(string reason);
}
