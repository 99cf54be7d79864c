using Npgsql;
using NpgsqlTypes;

namespace Pulse.Messaging.Outbox;

/// <summary>The relay's SQL. <c>SKIP LOCKED</c> lets every replica run a relay, and the claim is a transaction: a relay that dies gives its rows back.</summary>
internal sealed class OutboxStore(NpgsqlDataSource source)
{
    /// <summary>Claims up to <paramref name="limit"/> pending rows, oldest first, until the claim is disposed; none of <paramref name="except"/>.</summary>
    public async Task<OutboxClaim> ClaimAsync(int limit, IReadOnlyCollection<long> except, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(ct);
            await using var command = new NpgsqlCommand(
                """
                SELECT id, topic, type, group_key, body, trace_parent, created_at
                FROM outbox WHERE published_at IS NULL AND id <> ALL($2)
                ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
                """,
                connection,
                transaction)
            { Parameters = { new() { Value = limit }, new() { Value = except.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } } };
            List<OutboxMessage> messages = [];
            await using (var reader = await command.ExecuteReaderAsync(ct))
            {
                while (await reader.ReadAsync(ct))
                {
                    messages.Add(new OutboxMessage
                    {
                        Id = reader.GetInt64(0),
                        Topic = reader.GetString(1),
                        Type = reader.GetString(2),
                        GroupKey = reader.GetString(3),
                        Body = reader.GetString(4),
                        TraceParent = await reader.IsDBNullAsync(5, ct) ? null : reader.GetString(5),
                        CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
                    });
                }
            }

            return new OutboxClaim(connection, transaction, messages);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Rows not yet published and when the oldest of them was written.</summary>
    public async Task<(long Pending, DateTimeOffset? Oldest)> BacklogAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT count(*), min(created_at) FROM outbox WHERE published_at IS NULL");
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), await reader.IsDBNullAsync(1, ct) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }

    public async Task DeletePublishedAsync(DateTimeOffset before, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE published_at < $1 LIMIT 10000)");
        command.Parameters.Add(new() { Value = before, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>Rows that this relay holds locked.</summary>
internal sealed class OutboxClaim(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<OutboxMessage> messages) : IAsyncDisposable
{
    public IReadOnlyList<OutboxMessage> Messages { get; } = messages;

    /// <summary>Marks those that the topic accepted and lets the others go for the next turn.</summary>
    public async Task CompleteAsync(IReadOnlyCollection<long> published, DateTimeOffset now)
    {
        // Without a token: they are published, and not saying so would only publish them twice.
        await using var command = new NpgsqlCommand("UPDATE outbox SET published_at = $1 WHERE id = ANY($2)", connection, transaction)
        {
            Parameters = { new() { Value = now, NpgsqlDbType = NpgsqlDbType.TimestampTz }, new() { Value = published.ToArray() } },
        };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
