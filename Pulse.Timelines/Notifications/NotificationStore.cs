using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Notifications;

/// <summary>
/// Writes what users are told. Per act the greatest version wins, and of one version its end; whatever order and however often events come, the same acts
/// stand. An act has its number from the first time it is told and keeps it: what is taken back and done again moves nothing.
/// </summary>
public sealed class NotificationStore(NpgsqlDataSource source, NotificationRetention retention, IOptions<NotificationOptions> options, TimeProvider clock)
{
    private const int Batch = 1_000;

    // The kinds of the index notification_acts_of_post.
    private const string OfPosts = "kind IN (3, 4, 5, 6, 8)";

    /// <summary>
    /// Tells each user once of what <paramref name="act"/> is to him, except himself, whom a block keeps apart from the actor, and who mutes him. What one
    /// of the three must not see is for the reader's side to hide: events of the graph may be late.
    /// </summary>
    /// <param name="act">Who did it.</param>
    /// <param name="notices">What is told whom; at most one per user.</param>
    /// <param name="ct">Ends the statement.</param>
    /// <returns>How many were told something new.</returns>
    public async Task<int> TellAsync(Act act, IReadOnlyList<Notice> notices, CancellationToken ct)
    {
        if (notices.Count == 0) return 0;

        var now = clock.GetUtcNow();
        var users = Numbers(notices.Select(notice => notice.User.Value));
        // One round trip and one transaction. Boxes are taken in order of their users, so that waiting never goes round; the last statement is
        // one of its own because it must see what the last holder of a box left.
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO notification_boxes (user_id) SELECT id FROM unnest($1) id ORDER BY id ON CONFLICT DO NOTHING") { Parameters = { users } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT FROM notification_boxes WHERE user_id = ANY($1) ORDER BY user_id FOR UPDATE") { Parameters = { users.Clone() } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TellStatement)
        {
            Parameters =
            {
                users.Clone(),
                new() { Value = notices.Select(notice => (short)notice.Kind).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint },
                Numbers(notices.Select(notice => notice.Subject)),
                new() { Value = act.Actor.Value },
                new() { Value = act.Version },
                new() { Value = act.At, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = act.ToFollowersOnly },
                new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = Snowflake.FirstAt(now) },
                new() { Value = now - options.Value.GroupWindow, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        });
        var told = 0;
        List<UserId> full = [];
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                told++;
                if (reader.GetInt32(1) >= options.Value.Capacity + options.Value.TrimSlack) full.Add(new UserId(reader.GetInt64(0)));
            }
        }

        foreach (var user in full) await retention.TrimAsync(user, ct);
        return told;
    }

    /// <summary>Takes back what a user was told, or will be told by an event that is late.</summary>
    public async Task EndAsync(Act act, Notice notice, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO notification_acts AS a (user_id, kind, subject, actor, version, active, at)
            SELECT $1, $2, $3, $4, $5, false, $6 WHERE NOT EXISTS (SELECT FROM notification_boxes WHERE user_id = $1 AND gone)
            ON CONFLICT (user_id, kind, subject, actor) DO UPDATE SET version = excluded.version, active = false
            WHERE a.version <= excluded.version
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = notice.User.Value },
            new() { Value = (short)notice.Kind },
            new() { Value = notice.Subject },
            new() { Value = act.Actor.Value },
            new() { Value = act.Version },
            new() { Value = act.At, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Takes back what a post has told. What an event that is late may tell is for the caller to take back: nobody knows here whom.</summary>
    public Task EndPostAsync(PostId post, CancellationToken ct) => EndManyAsync($"version = $1 AND {OfPosts}", post.Value, ct);

    /// <summary>Shows nothing any more of what was done to a post of <paramref name="author"/> that is gone, and has its tombstone.</summary>
    public async Task EndSubjectAsync(UserId author, PostId post, CancellationToken ct)
    {
        // With the box in hand: whoever had it before has left his group, whoever has it next sees the tombstone.
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT FROM notification_boxes WHERE user_id = $1 FOR UPDATE") { Parameters = { new() { Value = author.Value } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "UPDATE notification_groups SET subject_gone = true WHERE user_id = $1 AND kind = ANY($2) AND subject = $3 AND NOT subject_gone")
        {
            Parameters =
            {
                new() { Value = author.Value },
                new() { Value = new[] { (short)NotificationKind.Repost, (short)NotificationKind.Like } },
                new() { Value = post.Value },
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Removes what a user who is gone was told, and takes back what he did. Nothing is told him from here on.</summary>
    public async Task ForgetAsync(UserId user, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        foreach (var sql in (string[])
        [
            "INSERT INTO notification_boxes (user_id, gone) VALUES ($1, true) ON CONFLICT (user_id) DO UPDATE SET gone = true, newest = 0, read_up_to = 0, groups = 0",
            "DELETE FROM notification_groups WHERE user_id = $1",
            "DELETE FROM notification_acts WHERE user_id = $1",
        ])
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = user.Value } } });
        }

        await batch.ExecuteNonQueryAsync(ct);
        await EndManyAsync("actor = $1", user.Value, ct);
    }

    /// <summary>Marks everything up to <paramref name="upTo"/> as read, and nothing that is still to come. Never takes it back.</summary>
    public async Task ReadAsync(UserId user, NotificationId upTo, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "UPDATE notification_boxes SET read_up_to = least($2, newest) WHERE user_id = $1 AND read_up_to < least($2, newest)");
        command.Parameters.Add(new() { Value = user.Value });
        command.Parameters.Add(new() { Value = upTo.Value });
        await command.ExecuteNonQueryAsync(ct);
    }

    // In order of their key, as TellAsync does; a part at a time, since a post may have been told a million users.
    private async Task EndManyAsync(string condition, long parameter, CancellationToken ct)
    {
        int ended;
        do
        {
            await using var command = source.CreateCommand(
                $"""
                WITH held AS MATERIALIZED (
                    SELECT user_id, kind, subject, actor FROM notification_acts WHERE {condition} AND active
                    ORDER BY user_id, kind, subject, actor LIMIT {Batch} FOR UPDATE)
                UPDATE notification_acts a SET active = false FROM held h
                WHERE (a.user_id, a.kind, a.subject, a.actor) = (h.user_id, h.kind, h.subject, h.actor)
                """);
            command.Parameters.Add(new() { Value = parameter });
            ended = await command.ExecuteNonQueryAsync(ct);
        }
        while (ended == Batch);
    }

    private static NpgsqlParameter Numbers(IEnumerable<long> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    // Kinds 0, 6 and 7, follows, reposts and likes, are grouped. A group that was read up to its newest act, or is too old, takes in nobody any more. An act
    // that stands already is told nobody anew; one that only its end had told of has no number yet and takes the one that is offered.
    private const string TellStatement =
        """
        WITH offered AS MATERIALIZED (
            SELECT t.user_id, t.kind, t.subject, greatest(b.newest + 1, $9) AS number, open.first
            FROM unnest($1, $2, $3) t (user_id, kind, subject)
            JOIN notification_boxes b USING (user_id)
            LEFT JOIN LATERAL (
                SELECT g.first, g.newest, g.began_at FROM notification_groups g
                WHERE g.user_id = t.user_id AND g.kind = t.kind AND g.subject = t.subject AND t.kind IN (0, 6, 7)
                ORDER BY g.first DESC LIMIT 1) open ON open.newest > b.read_up_to AND open.began_at > $10
            WHERE NOT b.gone AND t.user_id <> $4
              AND NOT EXISTS (SELECT FROM block_edges e WHERE e.blocker = t.user_id AND e.blocked = $4 AND e.active)
              AND NOT EXISTS (SELECT FROM block_edges e WHERE e.blocker = $4 AND e.blocked = t.user_id AND e.active)
              AND NOT EXISTS (
                SELECT FROM mute_edges e WHERE e.muter = t.user_id AND e.muted = $4 AND e.active
                AND (e.until IS NULL OR e.until > $8) AND (NOT e.reposts_only OR t.kind = 6))
              AND NOT ($7 AND NOT EXISTS (SELECT FROM follow_edges e WHERE e.followee = $4 AND e.follower = t.user_id AND e.active))
              AND NOT (t.kind IN (6, 7) AND EXISTS (SELECT FROM author_posts p WHERE p.author_id = t.user_id AND p.post_id = t.subject AND p.deleted))),
        acted AS (
            INSERT INTO notification_acts AS a (user_id, kind, subject, actor, version, active, number, first, at)
            SELECT user_id, kind, subject, $4, $5, true, number, coalesce(first, number), $6 FROM offered ORDER BY user_id
            ON CONFLICT (user_id, kind, subject, actor) DO UPDATE
            SET version = excluded.version, active = true, number = coalesce(a.number, excluded.number), first = coalesce(a.first, excluded.first),
                at = CASE WHEN a.number IS NULL THEN excluded.at ELSE a.at END
            WHERE a.version < excluded.version
            RETURNING user_id, kind, subject, number, first),
        taken AS MATERIALIZED (SELECT acted.* FROM acted JOIN offered USING (user_id, number)),
        grouped AS (
            INSERT INTO notification_groups (user_id, first, kind, subject, newest, began_at)
            SELECT user_id, first, kind, subject, number, $8 FROM taken
            ON CONFLICT (user_id, first) DO UPDATE SET newest = excluded.newest)
        UPDATE notification_boxes b SET newest = t.number, groups = b.groups + (t.first = t.number)::int
        FROM taken t WHERE b.user_id = t.user_id
        RETURNING b.user_id, b.groups
        """;
}
