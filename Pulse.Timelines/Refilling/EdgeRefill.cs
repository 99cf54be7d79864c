using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Internal;

namespace Pulse.Timelines.Refilling;

/// <summary>
/// Brings the projection of the follow graph to what its owner says. A graph of version V is right about every change up to V and
/// knows nothing of later ones; so it wins over rows of V and below, whatever they say, and loses to newer ones.
/// </summary>
public sealed class EdgeRefill(NpgsqlDataSource source)
{
    private const int AuthorsAtOnce = 500;

    // The followers of one very large author are counted in one statement.
    private const int CountSeconds = 120;

    /// <summary>Writes the edges of <paramref name="graphs"/>, and tombstones for those that stand here and are none any more.</summary>
    public async Task ApplyAsync(IReadOnlyList<UserGraph> graphs, CancellationToken ct)
    {
        var edges = graphs.SelectMany(graph => graph.Followees, (graph, followee) => (Graph: graph, Followee: followee)).ToList();
        var followees = Numbers(edges.Select(edge => edge.Followee.Id.Value));
        var followers = Numbers(edges.Select(edge => edge.Graph.Id.Value));

        // Not one transaction: with counts of the first statement locked, the second would wait for edges whose handlers wait for those counts.
        await using var standing = source.CreateCommand(
            """
            INSERT INTO follow_edges AS e (followee, follower, version, active, since, notify)
            SELECT followee, follower, owned.version, true, owned.since, coalesce(owned.notify, known.notify, false)
            FROM unnest($1, $2, $3, $4, $5) owned (followee, follower, version, since, notify) LEFT JOIN follow_edges known USING (followee, follower)
            ON CONFLICT (followee, follower) DO UPDATE SET version = excluded.version, active = true, since = excluded.since, notify = excluded.notify
            WHERE e.version <= excluded.version
              AND (e.version, e.active, e.since, e.notify) IS DISTINCT FROM (excluded.version, true, excluded.since, excluded.notify)
            """);
        standing.Parameters.AddRange(new[]
        {
            followees,
            followers,
            Numbers(edges.Select(edge => edge.Graph.Version)),
            new() { Value = edges.Select(edge => edge.Followee.Since).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            new() { Value = graphs.SelectMany(Notify).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean },
        });
        await standing.ExecuteNonQueryAsync(ct);

        await using var gone = source.CreateCommand(
            """
            UPDATE follow_edges e SET version = owner.version, active = false, since = NULL, notify = false
            FROM unnest($3, $4) owner (follower, version)
            WHERE e.follower = owner.follower AND e.active AND e.version <= owner.version
              AND NOT EXISTS (SELECT FROM unnest($1, $2) owned (followee, follower) WHERE (owned.followee, owned.follower) = (e.followee, e.follower))
            """);
        gone.Parameters.AddRange(new[]
        {
            followees.Clone(),
            followers.Clone(),
            Numbers(graphs.Select(graph => graph.Id.Value)),
            Numbers(graphs.Select(graph => graph.Version)),
        });
        await gone.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Counts the followers of the next authors above <paramref name="after"/> anew.</summary>
    /// <returns>The last of them; null at the end.</returns>
    public async Task<long?> RecountAsync(long after, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var authors = await NextAuthorsAsync(connection, after, ct);
        if (authors.Length == 0) return null;

        // Whoever changes an edge raises its count in the same transaction: while the counts are locked an edge is either committed,
        // and seen by the next statement, or waits to add itself to what that statement finds.
        await ExecuteAsync(connection, "INSERT INTO authors (author_id) SELECT id FROM unnest($1) id ORDER BY id ON CONFLICT DO NOTHING", authors, ct);
        await ExecuteAsync(connection, "SELECT FROM authors WHERE author_id = ANY($1) ORDER BY author_id FOR UPDATE", authors, ct);
        await ExecuteAsync(
            connection,
            """
            UPDATE authors a SET followers = counted.followers
            FROM (
                SELECT id, count(e.follower) AS followers
                FROM unnest($1) id LEFT JOIN follow_edges e ON e.followee = id AND e.active
                GROUP BY id) counted
            WHERE a.author_id = counted.id AND a.followers <> counted.followers
            """,
            authors,
            ct);
        await transaction.CommitAsync(ct);
        return authors[^1];
    }

    // For each followee; null where the owner does not say.
    private static IEnumerable<bool?> Notify(UserGraph graph)
    {
        var notifying = graph.Notifying?.ToHashSet();
        return graph.Followees.Select(followee => notifying?.Contains(followee.Id));
    }

    private static async Task<long[]> NextAuthorsAsync(NpgsqlConnection connection, long after, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            (SELECT author_id FROM authors WHERE author_id > $1 ORDER BY author_id LIMIT $2)
            UNION (SELECT DISTINCT followee FROM follow_edges WHERE followee > $1 ORDER BY followee LIMIT $2)
            ORDER BY author_id LIMIT $2
            """,
            connection)
        {
            CommandTimeout = CountSeconds,
            Parameters = { new() { Value = after }, new() { Value = AuthorsAtOnce } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<long> authors = [];
        while (await reader.ReadAsync(ct)) authors.Add(reader.GetInt64(0));
        return [.. authors];
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, long[] authors, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = CountSeconds, Parameters = { Numbers(authors) } };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Numbers(IEnumerable<long> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
