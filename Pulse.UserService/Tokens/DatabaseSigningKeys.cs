using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using Pulse.ServiceDefaults.Authentication;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.UserService.Tokens;

/// <summary>The signing keys in this service's own database: made at first need, by one replica for all.</summary>
internal sealed partial class DatabaseSigningKeys(NpgsqlDataSource source, TimeProvider clock, ILogger<DatabaseSigningKeys> logger) : ISigningKeys, IDisposable
{
    /// <summary>Advisory lock under which the first key is made.</summary>
    private const long CreationLock = 0x50554C53_4B455953;

    // A flood of tokens with made-up key ids must not become a flood of queries.
    private static readonly TimeSpan ReloadInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile IReadOnlyList<ECDsaSecurityKey> _keys = [];
    private DateTimeOffset _loadedAt = DateTimeOffset.MinValue;

    public IReadOnlyCollection<SecurityKey> Current => _keys;

    /// <summary>The newest key, with its private part.</summary>
    public async ValueTask<ECDsaSecurityKey> SigningKeyAsync(CancellationToken ct)
    {
        if (_keys.Count == 0) await LoadAsync(static () => true, ct);
        return _keys[^1];
    }

    public async ValueTask EnsureAsync(string? keyId, CancellationToken ct)
    {
        if (keyId is null || Has(keyId)) return;
        try
        {
            await LoadAsync(() => Has(keyId) || clock.GetUtcNow() - _loadedAt < ReloadInterval, ct);
        }
        catch (Exception exception) when (Outage.Is(exception))
        {
            if (_keys.Count == 0) throw new DependencyUnavailableException("postgres", exception);
            LogReloadFailed(exception);
        }
    }

    public void Dispose()
    {
        _loading.Dispose();
        foreach (var key in _keys) key.ECDsa.Dispose();
    }

    private async Task LoadAsync(Func<bool> enough, CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            if (_keys.Count > 0 && enough()) return;

            var rows = await ReadAsync(ct);
            if (rows.Count == 0)
            {
                await CreateFirstAsync(ct);
                rows = await ReadAsync(ct);
            }

            // Keys at hand stay the objects they are: a signature may be under way with one of them.
            _keys = [.. rows.Select(row => _keys.FirstOrDefault(key => key.KeyId == row.KeyId) ?? Import(row))];
            _loadedAt = clock.GetUtcNow();
        }
        finally
        {
            _loading.Release();
        }
    }

    private static ECDsaSecurityKey Import(SigningKey row)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(row.PrivateKey, out _);
        return new ECDsaSecurityKey(key) { KeyId = row.KeyId };
    }

    private async Task<List<SigningKey>> ReadAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT kid, private_key, created_at FROM signing_keys ORDER BY created_at, kid");
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<SigningKey> rows = [];
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new SigningKey { KeyId = reader.GetString(0), PrivateKey = reader.GetFieldValue<byte[]>(1), CreatedAt = reader.GetFieldValue<DateTimeOffset>(2) });
        }

        return rows;
    }

    private async Task CreateFirstAsync(CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var keyId = Base64UrlEncoder.Encode(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 12).ToArray());
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SELECT pg_advisory_xact_lock($1)") { Parameters = { new() { Value = CreationLock } } },
                new NpgsqlBatchCommand("INSERT INTO signing_keys (kid, private_key, created_at) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM signing_keys)")
                {
                    Parameters = { new() { Value = keyId }, new() { Value = key.ExportPkcs8PrivateKey() }, new() { Value = clock.GetUtcNow() } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        LogCreated(keyId);
    }

    private bool Has(string keyId) => _keys.Any(key => key.KeyId == keyId);

    [LoggerMessage(3101, LogLevel.Information, "Made the first signing key, {KeyId}, unless another replica was faster")]
    private partial void LogCreated(string keyId);

    [LoggerMessage(3102, LogLevel.Warning, "Signing keys could not be read again; the ones at hand go on")]
    private partial void LogReloadFailed(Exception exception);
}
