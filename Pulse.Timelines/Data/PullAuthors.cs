using Npgsql;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Data;

/// <summary>Everybody who has a pulled post, as of a version.</summary>
public sealed record PullAuthorSet(long Version, IReadOnlySet<UserId> Authors);

/// <summary>The table <c>pull_authors</c>. It only grows: an author who fell below the limit still has his older pulled posts.</summary>
public sealed class PullAuthors(NpgsqlDataSource source)
{
    /// <summary>Makes sure that <paramref name="author"/> is in the set.</summary>
    /// <returns>A version in which he is.</returns>
    public async Task<long> AddAsync(UserId author, CancellationToken ct)
    {
        await using var adding = source.CreateCommand(
            """
            WITH added AS (INSERT INTO pull_authors (author_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING author_id)
            UPDATE pull_authors_version SET version = version + 1 WHERE EXISTS (SELECT FROM added) RETURNING version
            """);
        adding.Parameters.Add(new() { Value = author.Value });
        if (await adding.ExecuteScalarAsync(ct) is long raised) return raised;

        // A statement of its own: the snapshot of the first may be older than the commit of whoever added him.
        await using var reading = source.CreateCommand("SELECT version FROM pull_authors_version");
        return (long)(await reading.ExecuteScalarAsync(ct))!;
    }

    public async Task<PullAuthorSet> LoadAsync(CancellationToken ct)
    {
        // One statement, one snapshot: the version is that of the set.
        await using var command = source.CreateCommand(
            "SELECT v.version, a.author_id FROM pull_authors_version v LEFT JOIN pull_authors a ON true");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var version = 0L;
        HashSet<UserId> authors = [];
        while (await reader.ReadAsync(ct))
        {
            version = reader.GetInt64(0);
            if (!await reader.IsDBNullAsync(1, ct)) authors.Add(new UserId(reader.GetInt64(1)));
        }

        return new PullAuthorSet(version, authors);
    }
}
