using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Notifications;

/// <summary>Removes notifications that are too old, or too many.</summary>
public sealed class NotificationRetention(NpgsqlDataSource source, IOptions<NotificationOptions> options, TimeProvider clock)
{
    private const int Batch = 500;

    /// <summary>Leaves the newest of a user, as many as are kept.</summary>
    public async Task TrimAsync(UserId user, CancellationToken ct)
    {
        // With the box in hand, so that nobody joins what goes.
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT FROM notification_boxes WHERE user_id = $1 FOR UPDATE") { Parameters = { new() { Value = user.Value } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            WITH gone AS (
                DELETE FROM notification_groups WHERE user_id = $1 AND newest < (
                    SELECT newest FROM notification_groups WHERE user_id = $1 ORDER BY newest DESC OFFSET $2 - 1 LIMIT 1)
                RETURNING first),
            acts AS (DELETE FROM notification_acts a USING gone g WHERE a.user_id = $1 AND a.first = g.first AND a.number IS NOT NULL)
            UPDATE notification_boxes SET groups = (SELECT count(*) FROM notification_groups WHERE user_id = $1) - (SELECT count(*) FROM gone)
            WHERE user_id = $1
            """)
        {
            Parameters = { new() { Value = user.Value }, new() { Value = options.Value.Capacity } },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Removes what is too old for everybody; any number of processes may do it at once.</summary>
    /// <returns>How many notifications went, and ends of acts that were never told.</returns>
    public async Task<long> ExpireAsync(CancellationToken ct)
    {
        var oldest = clock.GetUtcNow() - options.Value.MaxAge;
        // Numbers tell the time, and nobody joins a group of that age.
        return await RepeatAsync(
                """
                WITH gone AS (
                    DELETE FROM notification_groups WHERE (user_id, first) IN (
                        SELECT user_id, first FROM notification_groups WHERE newest < $1 ORDER BY newest LIMIT $2 FOR UPDATE SKIP LOCKED)
                    RETURNING user_id, first),
                acts AS (DELETE FROM notification_acts a USING gone g WHERE a.user_id = g.user_id AND a.first = g.first AND a.number IS NOT NULL)
                SELECT count(*) FROM gone
                """,
                new() { Value = Snowflake.FirstAt(oldest) },
                ct)
            + await RepeatAsync(
                """
                WITH gone AS (
                    DELETE FROM notification_acts WHERE ctid = ANY (ARRAY (
                        SELECT ctid FROM notification_acts WHERE number IS NULL AND at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))
                    RETURNING 1)
                SELECT count(*) FROM gone
                """,
                new() { Value = oldest, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                ct);
    }

    private async Task<long> RepeatAsync(string sql, NpgsqlParameter oldest, CancellationToken ct)
    {
        long total = 0, gone;
        do
        {
            await using var command = source.CreateCommand(sql);
            command.Parameters.Add(oldest.Clone());
            command.Parameters.Add(new() { Value = Batch });
            total += gone = (long)(await command.ExecuteScalarAsync(ct))!;
        }
        while (gone == Batch);

        return total;
    }
}
