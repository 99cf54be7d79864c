using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Internal;

namespace Pulse.Timelines.Refilling;

/// <summary>
/// Brings the projection of the mutes to what their owner says, as <see cref="BlockRefill"/> does with the blocks: a mute is changed with the
/// muter's account locked, and its events carry the muter's graph version.
/// </summary>
public sealed class MuteRefill(NpgsqlDataSource source)
{
    /// <summary>Writes the mutes of <paramref name="graphs"/>, and tombstones for those that stand here and are none any more.</summary>
    public async Task ApplyAsync(IReadOnlyList<UserGraph> graphs, CancellationToken ct)
    {
        var telling = graphs.Where(graph => graph.Mutes is not null).ToList();
        var mutes = telling.SelectMany(graph => graph.Mutes!, (graph, mute) => (Graph: graph, Mute: mute)).ToList();
        var muters = Numbers(mutes.Select(mute => mute.Graph.Id.Value));
        var muted = Numbers(mutes.Select(mute => mute.Mute.Id.Value));

        await using var standing = source.CreateCommand(
            """
            INSERT INTO mute_edges AS e (muter, muted, version, active, until, reposts_only)
            SELECT muter, muted, version, true, until, reposts_only FROM unnest($1, $2, $3, $4, $5) owned (muter, muted, version, until, reposts_only)
            ON CONFLICT (muter, muted) DO UPDATE SET version = excluded.version, active = true, until = excluded.until, reposts_only = excluded.reposts_only
            WHERE e.version <= excluded.version
              AND (e.version, e.active, e.until, e.reposts_only) IS DISTINCT FROM (excluded.version, true, excluded.until, excluded.reposts_only)
            """);
        standing.Parameters.AddRange(new[]
        {
            muters,
            muted,
            Numbers(mutes.Select(mute => mute.Graph.Version)),
            new() { Value = mutes.Select(mute => mute.Mute.Until).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            new() { Value = mutes.Select(mute => mute.Mute.RepostsOnly).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean },
        });
        await standing.ExecuteNonQueryAsync(ct);

        await using var gone = source.CreateCommand(
            """
            UPDATE mute_edges e SET version = owner.version, active = false, until = NULL, reposts_only = false
            FROM unnest($3, $4) owner (muter, version)
            WHERE e.muter = owner.muter AND e.active AND e.version <= owner.version
              AND NOT EXISTS (SELECT FROM unnest($1, $2) owned (muter, muted) WHERE (owned.muter, owned.muted) = (e.muter, e.muted))
            """);
        gone.Parameters.AddRange(new[]
        {
            muters.Clone(),
            muted.Clone(),
            Numbers(telling.Select(graph => graph.Id.Value)),
            Numbers(telling.Select(graph => graph.Version)),
        });
        await gone.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Numbers(IEnumerable<long> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
