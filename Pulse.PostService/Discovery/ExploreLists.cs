using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;

namespace Pulse.PostService.Discovery;

/// <summary>
/// Lists of what is popular, which all replicas share: each is made once, by the first reader who finds the one before too old, and then stays as it is, so
/// that a walk through it shows nothing twice and misses nothing, whatever is liked meanwhile.
/// </summary>
internal sealed class ExploreLists(PostDbContext db, IOptions<ExploreOptions> options, TimeProvider clock)
{
    /// <summary>Posts of one list.</summary>
    public const int MaxPosts = 1_000;

    /// <summary>Posts of one author in a list.</summary>
    public const int MaxOfAuthor = 3;

    // Of posts that somebody has liked, reposted or answered the newest so many are compared, and of all the newest so many beside them.
    private const int MaxEngaged = 100_000;
    private const int MaxRecent = 2_000;

    // So many are looked at: some are not for everybody, and some are of one author.
    private const int MaxCandidates = 10_000;

    private const int TimeShift = Snowflake.NodeBits + Snowflake.SequenceBits;

    private const long MakersLock = 4_210_001;

    private static readonly TimeSpan Window = TimeSpan.FromHours(48);

    /// <summary>The list to begin a walk with.</summary>
    public async Task<long> NewestAsync(CancellationToken ct)
    {
        var newest = await FindNewestAsync(ct);
        if (newest is not null && IsFresh(newest)) return newest.Id;

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // One makes it; the others go on with the one before, if there is one.
        if (newest is null) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({MakersLock})", ct);
        else if (!(await db.Database.SqlQuery<bool>($"""SELECT pg_try_advisory_xact_lock({MakersLock}) AS "Value" """).ToListAsync(ct)).Single()) return newest.Id;

        // Somebody may have made it since.
        newest = await FindNewestAsync(ct);
        if (newest is not null && IsFresh(newest)) return newest.Id;

        var made = await MakeAsync(ct);
        await transaction.CommitAsync(ct);
        return made;
    }

    /// <summary>The next posts of a list, in its order.</summary>
    /// <param name="list">Which one.</param>
    /// <param name="place">How many come before.</param>
    /// <param name="count">The most.</param>
    /// <param name="ct">Ends it.</param>
    public Task<List<long>> ReadAsync(long list, int place, int count, CancellationToken ct) => db.Database.SqlQuery<long>(
        $"""
        SELECT post AS "Value"
        FROM explore_lists CROSS JOIN unnest(posts[{place + 1}:{place + count}]) WITH ORDINALITY AS part (post, nth)
        WHERE id = {list} ORDER BY nth
        """).ToListAsync(ct);

    /// <summary>Whether a walk through the list can go on.</summary>
    public async Task<bool> IsKeptAsync(long list, CancellationToken ct) =>
        (await db.Database.SqlQuery<bool>($"""SELECT EXISTS (SELECT FROM explore_lists WHERE id = {list}) AS "Value" """).ToListAsync(ct)).Single();

    private async Task<long> MakeAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (since, until) = (Snowflake.FirstAt(now - Window), Snowflake.FirstAt(now));
        await db.Database.ExecuteSqlAsync($"DELETE FROM explore_lists WHERE made_at <= {now - options.Value.KeptFor}", ct);
        // A reply says more than a repost, and that more than a like. What they are worth goes down with the age of the post: to an eighth within six hours.
        // The age is in the id, so that posts are read only of the best.
        return (await db.Database.SqlQuery<long>(
            $"""
            WITH engaged AS (
                SELECT id, max(weight) AS weight
                FROM (
                    (SELECT post_id AS id, likes + 2 * reposts + 3 * replies AS weight FROM post_counts WHERE post_id >= {since} ORDER BY post_id DESC LIMIT {MaxEngaged})
                    UNION ALL
                    (SELECT id, 0 FROM posts WHERE id >= {since} ORDER BY id DESC LIMIT {MaxRecent})) both_kinds
                GROUP BY id),
            candidates AS (
                SELECT id, (1 + weight) / power(2 + (greatest(0, {until} - id) >> {TimeShift}) / 3600000::float8, 1.5) AS score
                FROM engaged ORDER BY score DESC, id DESC LIMIT {MaxCandidates}),
            ranked AS (
                SELECT p.id, c.score, row_number() OVER (PARTITION BY p.author_id ORDER BY c.score DESC, p.id DESC) AS nth
                FROM candidates c JOIN posts p ON p.id = c.id
                WHERE p.deleted_at IS NULL AND p.visibility = 0 AND NOT p.limited AND p.repost_of IS NULL),
            best AS (
                SELECT id, score FROM ranked WHERE nth <= {MaxOfAuthor} ORDER BY score DESC, id DESC LIMIT {MaxPosts})
            INSERT INTO explore_lists (made_at, posts)
            SELECT {now}, coalesce(array_agg(id ORDER BY score DESC, id DESC), ARRAY[]::bigint[]) FROM best
            RETURNING id AS "Value"
            """).ToListAsync(ct)).Single();
    }

    private async Task<ListRow?> FindNewestAsync(CancellationToken ct) =>
        (await db.Database.SqlQuery<ListRow>($"""SELECT id AS "Id", made_at AS "MadeAt" FROM explore_lists ORDER BY id DESC LIMIT 1""").ToListAsync(ct)).SingleOrDefault();

    private bool IsFresh(ListRow list) => clock.GetUtcNow() - list.MadeAt < options.Value.FreshFor;

    private sealed record ListRow(long Id, DateTimeOffset MadeAt);
}
