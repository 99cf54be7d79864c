using Npgsql;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Graph;

/// <summary>The projection of the blocks: what a feed goes by while the owner of the graph is away. Per block the greatest version wins.</summary>
public sealed class BlockEdges(NpgsqlDataSource source)
{
    public Task ApplyAsync(UserBlocked block, CancellationToken ct) => ApplyAsync(block.BlockerId, block.BlockedId, block.Version, active: true, ct);

    public Task ApplyAsync(UserUnblocked unblock, CancellationToken ct) => ApplyAsync(unblock.BlockerId, unblock.BlockedId, unblock.Version, active: false, ct);

    /// <summary>Everybody between whom and <paramref name="user"/> a block stands, whoever made it.</summary>
    public async Task<IReadOnlyList<UserId>> ApartAsync(UserId user, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "SELECT blocked FROM block_edges WHERE blocker = $1 AND active UNION SELECT blocker FROM block_edges WHERE blocked = $1 AND active");
        command.Parameters.Add(new() { Value = user.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<UserId> apart = [];
        while (await reader.ReadAsync(ct)) apart.Add(new UserId(reader.GetInt64(0)));
        return apart;
    }

    private async Task ApplyAsync(UserId blocker, UserId blocked, long version, bool active, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO block_edges AS e (blocker, blocked, version, active) VALUES ($1, $2, $3, $4)
            ON CONFLICT (blocker, blocked) DO UPDATE SET version = excluded.version, active = excluded.active
            WHERE e.version < excluded.version
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = blocker.Value },
            new() { Value = blocked.Value },
            new() { Value = version },
            new() { Value = active },
        });
        await command.ExecuteNonQueryAsync(ct);
    }
}
