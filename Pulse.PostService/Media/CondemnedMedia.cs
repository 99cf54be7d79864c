using Npgsql;
using NpgsqlTypes;

namespace Pulse.PostService.Media;

/// <summary>The rows of uploads that are to go. Any number of replicas may take from them: they skip each other's rows, and one that dies gives its rows back after a while.</summary>
internal sealed class CondemnedMedia(NpgsqlDataSource source)
{
    /// <summary>Rows of one claim.</summary>
    public const int MaxClaim = 100;

    /// <summary>How long a claim keeps others away; deleting its objects takes seconds.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    // A PUT is let in by the time at which it begins, and a slow client takes long to end it. Once more after that the object is deleted, then the row.
    private static readonly TimeSpan LastByte = TimeSpan.FromHours(1);

    /// <summary>Condemns the pictures of posts that are deleted.</summary>
    public async Task CondemnAsync(long[] posts, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand("UPDATE media SET condemned = true, due_at = $2 WHERE post_id = ANY($1) AND NOT condemned");
        command.Parameters.Add(new() { Value = posts });
        command.Parameters.Add(Time(now));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Takes uploads whose time is over. From here on no post can have them.</summary>
    public async Task<IReadOnlyList<(long Id, string Key)>> ClaimAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
             UPDATE media SET condemned = true, due_at = $2
             WHERE id = ANY (ARRAY (SELECT id FROM media WHERE due_at <= $1 ORDER BY due_at LIMIT {MaxClaim} FOR UPDATE SKIP LOCKED))
             RETURNING id, object_key
             """);
        command.Parameters.Add(Time(now));
        command.Parameters.Add(Time(now + Lease));
        List<(long, string)> claimed = [];
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) claimed.Add((reader.GetInt64(0), reader.GetString(1)));
        return claimed;
    }

    /// <summary>Forgets uploads whose objects are deleted. One whose link may still bring the object back is taken up again later.</summary>
    public async Task SettleAsync(long[] deleted, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            WITH gone AS (DELETE FROM media WHERE id = ANY($1) AND upload_until <= $2 RETURNING id)
            UPDATE media SET due_at = upload_until + $3 WHERE id = ANY($1) AND upload_until > $2
            """);
        command.Parameters.Add(new() { Value = deleted });
        command.Parameters.Add(Time(now - LastByte));
        command.Parameters.Add(new() { Value = LastByte });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Time(DateTimeOffset time) => new() { Value = time, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
