using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Pulse.UserService.Tokens;

/// <summary>The table <c>signing_keys</c>. Every replica may rotate; a lock lets one do it and the others find it done.</summary>
internal sealed class SigningKeyStore(NpgsqlDataSource source, IOptions<TokenOptions> options, TimeProvider clock)
{
    /// <summary>Advisory lock under which keys are made and deleted.</summary>
    private const long RotationLock = 0x50554C53_4B455953;

    /// <summary>All keys that are published, in the order in which they become the one that signs.</summary>
    public async Task<List<SigningKey>> ReadAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT kid, private_key, created_at, activates_at FROM signing_keys ORDER BY activates_at, kid");
        return await ReadAsync(command, ct);
    }

    /// <summary>
    /// Adds a key when there is none, when the newest one is too old, or when somebody wants it; deletes those whose last token has
    /// expired. A new key is published for a while before it signs: until everybody who checks tokens can know it.
    /// </summary>
    /// <returns>The newest key, and whether it was made now.</returns>
    public async Task<(SigningKey Newest, bool IsNew)> RotateAsync(bool wanted, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock($1)", ct, RotationLock);
        await using var newest = new NpgsqlCommand(
            "SELECT kid, private_key, created_at, activates_at FROM signing_keys ORDER BY activates_at DESC, kid DESC LIMIT 1", connection, transaction);
        var known = await ReadAsync(newest, ct) is [var key] ? key : null;

        var now = clock.GetUtcNow();
        // One that waits for its time already is what was wanted.
        var isDue = known is null || (known.ActivatesAt <= now && (wanted || now - known.CreatedAt >= options.Value.KeyLifetime));
        if (isDue)
        {
            known = Create(now, activatesAt: known is null ? now : now + options.Value.KeyActivationDelay);
            await ExecuteAsync(
                connection, transaction, "INSERT INTO signing_keys (kid, private_key, created_at, activates_at) VALUES ($1, $2, $3, $4)", ct,
                known.KeyId, known.PrivateKey, known.CreatedAt, known.ActivatesAt);
        }

        // The last token of a key expires that long after its successor took over; the delay is what replicas may be late by.
        await ExecuteAsync(
            connection,
            transaction,
            "DELETE FROM signing_keys AS key WHERE EXISTS (SELECT FROM signing_keys AS next WHERE next.activates_at > key.activates_at AND next.activates_at < $1)",
            ct,
            now - options.Value.AccessLifetime - options.Value.KeyActivationDelay);
        await transaction.CommitAsync(ct);
        return (known!, isDue);
    }

    private static SigningKey Create(DateTimeOffset now, DateTimeOffset activatesAt)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SigningKey
        {
            KeyId = Base64UrlEncoder.Encode(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 12).ToArray()),
            PrivateKey = key.ExportPkcs8PrivateKey(),
            CreatedAt = now,
            ActivatesAt = activatesAt,
        };
    }

    private static async Task<List<SigningKey>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<SigningKey> rows = [];
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new SigningKey
            {
                KeyId = reader.GetString(0),
                PrivateKey = reader.GetFieldValue<byte[]>(1),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(2),
                ActivatesAt = reader.GetFieldValue<DateTimeOffset>(3),
            });
        }

        return rows;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync(ct);
    }
}
