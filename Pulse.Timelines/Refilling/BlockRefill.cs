using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Internal;

namespace Pulse.Timelines.Refilling;

/// <summary>
/// Brings the projection of the blocks to what their owner says, as <see cref="EdgeRefill"/> does with the follows. A block is changed
/// with the blocker's account locked, and its events carry the blocker's graph version: so his graph of version V is right about every
/// block of his up to V.
/// </summary>
public sealed class BlockRefill(NpgsqlDataSource source)
{
    /// <summary>Writes the blocks of <paramref name="graphs"/>, and tombstones for those that stand here and are none any more.</summary>
    public async Task ApplyAsync(IReadOnlyList<UserGraph> graphs, CancellationToken ct)
    {
        var telling = graphs.Where(graph => graph.Blocks is not null).ToList();
        var blocks = telling.SelectMany(graph => graph.Blocks!, (graph, blocked) => (Graph: graph, Blocked: blocked)).ToList();
        var blockers = Numbers(blocks.Select(block => block.Graph.Id.Value));
        var blocked = Numbers(blocks.Select(block => block.Blocked.Value));

        await using var standing = source.CreateCommand(
            """
            INSERT INTO block_edges AS e (blocker, blocked, version, active)
            SELECT blocker, blocked, version, true FROM unnest($1, $2, $3) owned (blocker, blocked, version)
            ON CONFLICT (blocker, blocked) DO UPDATE SET version = excluded.version, active = true
            WHERE e.version <= excluded.version AND (e.version, e.active) IS DISTINCT FROM (excluded.version, true)
            """);
        standing.Parameters.AddRange(new[] { blockers, blocked, Numbers(blocks.Select(block => block.Graph.Version)) });
        await standing.ExecuteNonQueryAsync(ct);

        await using var gone = source.CreateCommand(
            """
            UPDATE block_edges e SET version = owner.version, active = false
            FROM unnest($3, $4) owner (blocker, version)
            WHERE e.blocker = owner.blocker AND e.active AND e.version <= owner.version
              AND NOT EXISTS (SELECT FROM unnest($1, $2) owned (blocker, blocked) WHERE (owned.blocker, owned.blocked) = (e.blocker, e.blocked))
            """);
        gone.Parameters.AddRange(new[]
        {
            blockers.Clone(),
            blocked.Clone(),
            Numbers(telling.Select(graph => graph.Id.Value)),
            Numbers(telling.Select(graph => graph.Version)),
        });
        await gone.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Numbers(IEnumerable<long> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
