using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Notifications;

/// <summary>How far a user has been told, and how far he has read.</summary>
public readonly record struct NotificationBox(long Newest, long ReadUpTo);

/// <summary>What is shown as one notification, as it was when a walk began.</summary>
/// <param name="Place">The number of its newest act, ended or not; by it notifications are in order.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="Subject">What it is about; 0 for nothing.</param>
/// <param name="Acts">Those that stand and are not hidden, the newest first; at most <see cref="NotificationBoxes.MaxActs"/>, never none.</param>
public sealed record NotificationGroup(long Place, NotificationKind Kind, long Subject, IReadOnlyList<ToldAct> Acts);

/// <summary>One act of a group.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Number">Its place among all that its reader was told.</param>
/// <param name="At">When it was done.</param>
public readonly record struct ToldAct(UserId Actor, long Number, DateTimeOffset At);

/// <summary>Which part of a box is read.</summary>
/// <param name="User">Whose.</param>
/// <param name="Newest">What is not newer than this is of the walk, and a group has the place that it had then.</param>
/// <param name="Before">Only places below it.</param>
/// <param name="Above">Only places above it.</param>
/// <param name="Hidden">Whose acts are not shown.</param>
/// <param name="HiddenReposters">Whose reposts are not shown, beside them.</param>
public sealed record BoxRange(UserId User, long Newest, long Before, long Above, IReadOnlyCollection<UserId> Hidden, IReadOnlyCollection<UserId> HiddenReposters);

/// <summary>Reads what users were told.</summary>
public sealed class NotificationBoxes(NpgsqlDataSource source)
{
    /// <summary>The most acts of a group that are read.</summary>
    public const int MaxActs = 1_000;

    public async Task<NotificationBox> FindAsync(UserId user, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT newest, read_up_to FROM notification_boxes WHERE user_id = $1");
        command.Parameters.Add(new() { Value = user.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new NotificationBox(reader.GetInt64(0), reader.GetInt64(1)) : default;
    }

    /// <summary>The groups of <paramref name="range"/> in order of place, the newest first; fewer than <paramref name="limit"/> means that there are no more.</summary>
    public async Task<List<NotificationGroup>> PageAsync(BoxRange range, int limit, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = PageCommand(range, limit);
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<NotificationGroup> groups = [];
        while (await reader.ReadAsync(ct))
        {
            var actors = reader.GetFieldValue<long[]>(3);
            var numbers = reader.GetFieldValue<long[]>(4);
            var times = reader.GetFieldValue<DateTimeOffset[]>(5);
            groups.Add(new NotificationGroup(
                reader.GetInt64(0),
                (NotificationKind)reader.GetInt16(1),
                reader.GetInt64(2),
                [.. actors.Select((actor, index) => new ToldAct(new UserId(actor), numbers[index], times[index]))]));
        }

        return groups;
    }

    internal static NpgsqlCommand PageCommand(BoxRange range, int limit) => new(PageStatement)
    {
        Parameters =
        {
            new() { Value = range.User.Value },
            new() { Value = range.Newest },
            new() { Value = range.Before },
            new() { Value = range.Above },
            Numbers(range.Hidden),
            Numbers(range.HiddenReposters),
            new() { Value = limit },
        },
    };

    private static NpgsqlParameter Numbers(IEnumerable<UserId> users) =>
        new() { Value = users.Select(user => user.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    // An array keeps the order in which it is fed.
    private const string Acts =
        """
        CROSS JOIN LATERAL (
            SELECT array_agg(actor) AS actors, array_agg(number) AS numbers, array_agg(at) AS times
            FROM (
                SELECT actor, number, at FROM notification_acts a
                WHERE a.user_id = $1 AND a.first = g.first AND a.number <= $2 AND a.active
                  AND a.actor <> ALL ($5) AND (g.kind <> 6 OR a.actor <> ALL ($6))
                ORDER BY number DESC LIMIT 1000) newest
            HAVING count(*) > 0) acts
        """;

    // Most groups stand where they stood; those that moved since the walk began are few, and each is asked for the place it had then.
    private const string PageStatement =
        $"""
        SELECT * FROM (
            (SELECT g.newest AS place, g.kind, g.subject, acts.*
            FROM notification_groups g {Acts}
            WHERE g.user_id = $1 AND g.newest <= $2 AND g.newest < $3 AND g.newest > $4 AND NOT g.subject_gone
            ORDER BY g.newest DESC LIMIT $7)
            UNION ALL
            (SELECT old.number, g.kind, g.subject, acts.*
            FROM notification_groups g
            CROSS JOIN LATERAL (
                SELECT number FROM notification_acts a WHERE a.user_id = $1 AND a.first = g.first AND a.number <= $2
                ORDER BY number DESC LIMIT 1) old
            {Acts}
            WHERE g.user_id = $1 AND g.newest > $2 AND g.first <= $2 AND old.number < $3 AND old.number > $4 AND NOT g.subject_gone
            ORDER BY old.number DESC LIMIT $7)) page
        ORDER BY place DESC LIMIT $7
        """;
}
