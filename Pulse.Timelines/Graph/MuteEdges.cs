using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;

namespace Pulse.Timelines.Graph;

/// <summary>
/// The projection of the mutes: what a feed goes by while the owner of the graph is away. Per mute the greatest version wins. A timed one
/// ends without an event: whoever reads asks the clock.
/// </summary>
public sealed class MuteEdges(NpgsqlDataSource source)
{
    public Task ApplyAsync(UserMuted mute, CancellationToken ct) =>
        ApplyAsync(mute.MuterId, mute.Version, active: true, new Mute(mute.MutedId, mute.Until, mute.RepostsOnly), ct);

    public Task ApplyAsync(UserUnmuted unmute, CancellationToken ct) => ApplyAsync(unmute.MuterId, unmute.Version, active: false, new Mute(unmute.MutedId), ct);

    /// <summary>Whom <paramref name="user"/> mutes, timed ones that have ended included.</summary>
    public async Task<IReadOnlyList<Mute>> MutesAsync(UserId user, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT muted, active, until, reposts_only FROM mute_edges WHERE muter = $1 AND active ORDER BY muted");
        command.Parameters.Add(new() { Value = user.Value });
        return [.. (await ReadAsync(command, ct)).Values.OfType<Mute>()];
    }

    /// <summary>The mutes of a reader that began, changed or ended after a version of his graph, as far as their events have come.</summary>
    /// <returns>How each stands now; null for who is muted no more.</returns>
    public async Task<IReadOnlyDictionary<UserId, Mute?>> ChangesAsync(UserId user, long afterVersion, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT muted, active, until, reposts_only FROM mute_edges WHERE muter = $1 AND version > $2");
        command.Parameters.Add(new() { Value = user.Value });
        command.Parameters.Add(new() { Value = afterVersion });
        return await ReadAsync(command, ct);
    }

    private static async Task<Dictionary<UserId, Mute?>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        Dictionary<UserId, Mute?> mutes = [];
        while (await reader.ReadAsync(ct))
        {
            var muted = new UserId(reader.GetInt64(0));
            var until = await reader.IsDBNullAsync(2, ct) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(2);
            mutes[muted] = reader.GetBoolean(1) ? new Mute(muted, until, reader.GetBoolean(3)) : null;
        }

        return mutes;
    }

    private async Task ApplyAsync(UserId muter, long version, bool active, Mute mute, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO mute_edges AS e (muter, muted, version, active, until, reposts_only) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (muter, muted) DO UPDATE
            SET version = excluded.version, active = excluded.active, until = excluded.until, reposts_only = excluded.reposts_only
            WHERE e.version < excluded.version
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = muter.Value },
            new() { Value = mute.Id.Value },
            new() { Value = version },
            new() { Value = active },
            new() { Value = (object?)mute.Until ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = mute.RepostsOnly },
        });
        await command.ExecuteNonQueryAsync(ct);
    }
}
