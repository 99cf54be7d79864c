using Npgsql;
using NpgsqlTypes;

namespace Pulse.Timelines.Data;

/// <summary>
/// The newest posts of many authors, without reading the newest of each: the greatest id that an author ever had bounds what
/// he can add, so only the authors who can be on the page are asked, and only for what can be on it (decisions/0011).
/// </summary>
internal sealed class NewestPosts
{
    // Beyond the page itself, for authors whose newest post was deleted, or who posted above the cursor.
    private const int Spare = 400;

    private readonly string _bounded;
    private readonly string _probed;

    private NewestPosts(string authors, string newest, string filter)
    {
        var posts = $"SELECT post_id FROM author_posts WHERE {filter} AND post_id < $2";

        // Authors by what they may add. Nobody who was left out has a post above the floor.
        _bounded = Page(posts,
            $"""
            ranked AS MATERIALIZED (
                SELECT author_id, least({newest}, $2 - 1) AS post_id FROM authors
                WHERE author_id = ANY({authors}) AND {newest} > 0
                ORDER BY 2 DESC LIMIT $5 + 1),
            floor AS MATERIALIZED (SELECT CASE WHEN count(*) > $5 THEN min(post_id) ELSE 0 END AS post_id FROM ranked)
            """);

        // Authors by what they add: one probe each, exact whatever was deleted.
        _probed = Page(posts,
            $"""
            ranked AS MATERIALIZED (
                SELECT f.author_id, p.post_id FROM unnest({authors}) f(author_id)
                CROSS JOIN LATERAL ({posts} AND author_id = f.author_id ORDER BY post_id DESC LIMIT 1) p
                ORDER BY 2 DESC LIMIT $5),
            floor AS MATERIALIZED (SELECT CASE WHEN count(*) = $5 THEN min(post_id) - 1 ELSE 0 END AS post_id FROM ranked)
            """);
    }

    /// <summary>Pushed posts of a reader and whom he follows in the projection.</summary>
    public static NewestPosts HomeOfReader { get; } = new(
        "ARRAY(SELECT followee FROM follow_edges WHERE follower = $1 AND active AND followee <> $1) || $1", "newest_pushed", "mode = 0 AND NOT deleted");

    /// <summary>Posts of the authors in an array.</summary>
    public static NewestPosts Of(FanoutMode? mode) => mode switch
    {
        FanoutMode.Push => Pushed,
        FanoutMode.Pull => Pulled,
        _ => Shown,
    };

    private static NewestPosts Pushed { get; } = new("$1", "newest_pushed", "mode = 0 AND NOT deleted");

    private static NewestPosts Pulled { get; } = new("$1", "newest_pulled", "mode = 1 AND NOT deleted");

    private static NewestPosts Shown { get; } = new("$1", "greatest(newest_pushed, newest_pulled)", "NOT deleted");

    /// <summary>The newest ids below <paramref name="before"/>, newest first.</summary>
    /// <param name="source">The database.</param>
    /// <param name="authors">A new parameter each time: the reader, or an array of authors without repeats.</param>
    /// <param name="before">Exclusive.</param>
    /// <param name="limit">The most ids.</param>
    /// <param name="ct">Ends the query.</param>
    public async Task<List<long>> ReadAsync(NpgsqlDataSource source, Func<NpgsqlParameter> authors, long before, int limit, CancellationToken ct)
    {
        if (limit < 1) return [];

        var (ids, floor) = await ReadAsync(source, _bounded, authors(), before, limit, limit + Spare, ct);
        return ids.Count == limit || floor == 0 ? ids : (await ReadAsync(source, _probed, authors(), before, limit, limit, ct)).Ids;
    }

    // From each ranked author a few, then more only from those whose few are all on the page: about limit^1.5 rows at the worst, where
    // asking each for the whole page would read limit². The floor comes along, negated, as the last row.
    private static string Page(string posts, string ranked) =>
        $"""
        WITH {ranked},
        few AS MATERIALIZED (
            SELECT r.author_id, p.post_id FROM ranked r
            CROSS JOIN LATERAL ({posts} AND author_id = r.author_id AND post_id > (SELECT post_id FROM floor) ORDER BY post_id DESC LIMIT $4) p),
        bound AS MATERIALIZED (
            SELECT coalesce((SELECT post_id FROM few ORDER BY post_id DESC OFFSET $3 - 1 LIMIT 1), (SELECT post_id FROM floor) + 1) AS post_id),
        full_hands AS MATERIALIZED (
            SELECT author_id, min(post_id) AS post_id FROM few GROUP BY author_id
            HAVING count(*) = $4 AND min(post_id) > (SELECT post_id FROM bound))
        (SELECT post_id FROM (
            SELECT post_id FROM few WHERE post_id >= (SELECT post_id FROM bound)
            UNION ALL
            SELECT p.post_id FROM full_hands h
            CROSS JOIN LATERAL (
                {posts} AND author_id = h.author_id AND post_id < h.post_id AND post_id >= (SELECT post_id FROM bound)
                ORDER BY post_id DESC LIMIT $3) p) found
        ORDER BY post_id DESC LIMIT $3)
        UNION ALL
        SELECT -post_id FROM floor
        ORDER BY 1 DESC
        """;

    private static async Task<(List<long> Ids, long Floor)> ReadAsync(
        NpgsqlDataSource source, string sql, NpgsqlParameter authors, long before, int limit, int ranked, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(new[]
        {
            authors,
            new() { Value = before, NpgsqlDbType = NpgsqlDbType.Bigint },
            new() { Value = limit },
            new() { Value = (int)Math.Ceiling(Math.Sqrt(limit)) },
            new() { Value = ranked },
        });
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<long> ids = new(limit + 1);
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetInt64(0));
        var floor = -ids[^1];
        ids.RemoveAt(ids.Count - 1);
        return (ids, floor);
    }
}
