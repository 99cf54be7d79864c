using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;

namespace Pulse.PostService.Publishing;

/// <summary>What an author asks under a key of his own choice.</summary>
/// <param name="Key">The value of <c>Idempotency-Key</c>.</param>
/// <param name="RequestHash">SHA-256 of what he asks for.</param>
internal sealed record KeyedRequest(string Key, byte[] RequestHash)
{
    public const int MaxKeyLength = 255;

    /// <summary>Of two bodies that ask for the same, written differently, the hash is one.</summary>
    public static KeyedRequest For(string key, CreatePostRequest request) => new(key, SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        request with
        {
            Content = request.Content ?? request.Text,
            Text = null,
            Visibility = request.Visibility ?? request.Vis ?? PostVisibility.Public,
            Vis = null,
            MediaIds = request.MediaIds ?? request.MediaRefs,
            MediaRefs = null,
        },
        PulseJson.Options)));

    /// <summary>Printable ASCII, as a header carries it unharmed.</summary>
    public static bool IsKey(string key) => key.Length is > 0 and <= MaxKeyLength && key.All(letter => letter is > ' ' and < '\x7f');
}

/// <summary>
/// Which post came of a key, for a day. The row commits with the post, so of two requests at the same moment the database lets one through, and the other
/// finds its post.
/// </summary>
internal sealed class IdempotencyKeys(PostDbContext db, TimeProvider clock)
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The row of a key that still counts.</summary>
    public Task<IdempotencyKeyRow?> FindAsync(UserId author, string key, CancellationToken ct)
    {
        var oldest = clock.GetUtcNow() - Lifetime;
        return db.IdempotencyKeys.AsNoTracking().FirstOrDefaultAsync(row => row.UserId == author.Value && row.Key == key && row.CreatedAt > oldest, ct);
    }

    /// <summary>Remembers a key with what is saved next.</summary>
    public void Add(UserId author, KeyedRequest keyed, PostId post) => db.IdempotencyKeys.Add(
        new IdempotencyKeyRow { UserId = author.Value, Key = keyed.Key, RequestHash = keyed.RequestHash, PostId = post.Value, CreatedAt = clock.GetUtcNow() });

    /// <summary>Forgets a key whose day is over, so that it may be used anew.</summary>
    public Task<int> ForgetAsync(UserId author, string key, CancellationToken ct)
    {
        var oldest = clock.GetUtcNow() - Lifetime;
        return db.IdempotencyKeys.Where(row => row.UserId == author.Value && row.Key == key && row.CreatedAt <= oldest).ExecuteDeleteAsync(ct);
    }

    public static bool IsTaken(DbUpdateException exception) => exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "idempotency_keys_pkey" };
}
