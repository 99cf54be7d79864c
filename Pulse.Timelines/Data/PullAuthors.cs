using Npgsql;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Data;

/// <summary>Everybody who has a pulled post, as of a version.</summary>
public sealed record PullAuthorSet(long Version, IReadOnlySet<UserId> Authors);

/// <summary>The table <c>pull_authors</c>. It only grows: an author who fell below the limit still has his older pulled posts.</summary>
public sealed class PullAuthors(NpgsqlDataSource source)
{
    private const int RefillSeconds = 120;

    // When the table was lost its version must not begin again: readers hold sets of the old versions. Nobody raises it a thousand times a second.
    private const string FirstVersion = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /// <summary>Makes sure that <paramref name="author"/> is in the set.</summary>
    /// <returns>A version in which he is.</returns>
    public async Task<long> AddAsync(UserId author, CancellationToken ct)
    {
        await using var adding = source.CreateCommand(
            $"""
            WITH added AS (INSERT INTO pull_authors (author_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING author_id)
            INSERT INTO pull_authors_version AS v (version) SELECT {FirstVersion} FROM added
            ON CONFLICT (only_row) DO UPDATE SET version = v.version + 1 RETURNING version
            """);
        adding.Parameters.Add(new() { Value = author.Value });
        if (await adding.ExecuteScalarAsync(ct) is long raised) return raised;

        // A statement of its own: the snapshot of the first may be older than the commit of whoever added him.
        await using var reading = source.CreateCommand("SELECT version FROM pull_authors_version");
        return await reading.ExecuteScalarAsync(ct) is long version ? version : 0;
    }

    /// <summary>Adds everybody who has a pulled post, and raises the version above every one that was ever published.</summary>
    /// <returns>The version.</returns>
    public async Task<long> RefillAsync(CancellationToken ct)
    {
        // Two statements: who adds an author locks his row first and the version last, and so do these.
        await using var adding = source.CreateCommand(
            "INSERT INTO pull_authors (author_id) SELECT DISTINCT author_id FROM author_posts WHERE mode = 1 AND NOT deleted ON CONFLICT DO NOTHING");
        adding.CommandTimeout = RefillSeconds;
        await adding.ExecuteNonQueryAsync(ct);

        await using var raising = source.CreateCommand(
            $"""
            INSERT INTO pull_authors_version AS v (version) VALUES ({FirstVersion})
            ON CONFLICT (only_row) DO UPDATE SET version = greatest(v.version + 1, excluded.version) RETURNING version
            """);
        return (long)(await raising.ExecuteScalarAsync(ct))!;
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
