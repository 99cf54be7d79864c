using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Ids;

namespace Pulse.Timelines.Data;

/// <summary>What stands of a post in the timeline slice.</summary>
public sealed record RecordedPost(FanoutMode Mode, bool Deleted);

/// <summary>What the planner knows of an author.</summary>
/// <param name="Followers">Followers in the projection.</param>
/// <param name="Pulled">Whether his last post was pulled.</param>
public sealed record AuthorState(long Followers, bool Pulled);

/// <summary>The table <c>author_posts</c>: every post with its mode, and the pull oracle of every timeline.</summary>
public sealed class AuthorPosts(NpgsqlDataSource source)
{
    public async Task<RecordedPost?> FindAsync(UserId author, PostId post, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT mode, deleted FROM author_posts WHERE author_id = $1 AND post_id = $2");
        command.Parameters.AddRange(new NpgsqlParameter[] { Number(author.Value), Number(post.Value) });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new RecordedPost((FanoutMode)reader.GetInt16(0), reader.GetBoolean(1)) : null;
    }

    public async Task<AuthorState> AuthorAsync(UserId author, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT followers, pulled FROM authors WHERE author_id = $1");
        command.Parameters.Add(Number(author.Value));
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new AuthorState(reader.GetInt64(0), reader.GetBoolean(1)) : new AuthorState(0, Pulled: false);
    }

    /// <summary>Records a post with <paramref name="mode"/>, unless it stands there already.</summary>
    /// <returns>What stands there now: the mode that was decided first, or a tombstone.</returns>
    public async Task<RecordedPost> RecordAsync(UserId author, PostId post, FanoutMode mode, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            WITH recorded AS (
                INSERT INTO author_posts (author_id, post_id, mode) VALUES ($1, $2, $3)
                ON CONFLICT DO NOTHING RETURNING mode),
            hysteresis AS (
                INSERT INTO authors AS a (author_id, pulled) SELECT $1, mode = 1 FROM recorded
                ON CONFLICT (author_id) DO UPDATE SET pulled = excluded.pulled WHERE a.pulled <> excluded.pulled)
            SELECT mode FROM recorded
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { Number(author.Value), Number(post.Value), new() { Value = (short)mode } });
        if (await command.ExecuteScalarAsync(ct) is short decided) return new RecordedPost((FanoutMode)decided, Deleted: false);

        return await FindAsync(author, post, ct) ?? throw new InvalidOperationException("A recorded post cannot vanish.");
    }

    /// <summary>Leaves a tombstone, whether or not the post was recorded before: it wins over a late fan-out.</summary>
    public async Task DeleteAsync(UserId author, PostId post, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            INSERT INTO author_posts (author_id, post_id, mode, deleted) VALUES ($1, $2, 0, true)
            ON CONFLICT (author_id, post_id) DO UPDATE SET deleted = true
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { Number(author.Value), Number(post.Value) });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The newest pushed posts of everybody the reader follows in the projection, and of himself; newest first.</summary>
    public Task<List<long>> HomeAsync(UserId reader, int limit, CancellationToken ct) =>
        NewestPosts.HomeOfReader.ReadAsync(source, () => Number(reader.Value), long.MaxValue, limit, ct);

    /// <summary>The newest posts of <paramref name="mode"/> of one author, newest first.</summary>
    public Task<List<long>> OfAuthorAsync(UserId author, FanoutMode mode, int limit, CancellationToken ct) => IdsAsync(
        mode == FanoutMode.Push
            ? "SELECT post_id FROM author_posts WHERE author_id = $1 AND mode = 0 AND NOT deleted ORDER BY post_id DESC LIMIT $2"
            : "SELECT post_id FROM author_posts WHERE author_id = $1 AND mode = 1 AND NOT deleted ORDER BY post_id DESC LIMIT $2",
        [Number(author.Value), new() { Value = limit }],
        ct);

    /// <summary>Posts of <paramref name="authors"/> below <paramref name="before"/>, newest first.</summary>
    /// <param name="authors">Whose posts, without repeats.</param>
    /// <param name="mode">Which of them; null for all.</param>
    /// <param name="before">Exclusive.</param>
    /// <param name="limit">The most ids.</param>
    /// <param name="ct">Ends the query.</param>
    public Task<List<long>> BeforeAsync(long[] authors, FanoutMode? mode, long before, int limit, CancellationToken ct)
    {
        if (authors.Length == 0) return Task.FromResult(new List<long>());

        return NewestPosts.Of(mode).ReadAsync(
            source, () => new() { Value = authors, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }, before, limit, ct);
    }

    private static NpgsqlParameter Number(long value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private async Task<List<long>> IdsAsync(string sql, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<long> ids = [];
        while (await reader.ReadAsync(ct)) ids.Add(reader.GetInt64(0));
        return ids;
    }
}
