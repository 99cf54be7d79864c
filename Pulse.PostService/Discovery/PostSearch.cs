using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.PostService.Data;
using Pulse.PostService.Showing;
using Pulse.PostService.Texts;

namespace Pulse.PostService.Discovery;

/// <summary>
/// Finds public posts, newest first. Words are looked for moment by moment, each longer than the one before, so that neither a word of every post nor one of
/// none costs more than its page. Where an author or a tag is asked for, his or its posts are passed one by one.
/// </summary>
internal sealed class PostSearch(PostDbContext db, MentionedUsers users, FoundPosts found, ShownPages pages)
{
    // Bits of milliseconds; search_moments in the migration has a word for each.
    private static readonly int[] Moments = [22, 26, 30, 34, 38];

    private const int TimeShift = Snowflake.NodeBits + Snowflake.SequenceBits;

    private static readonly PostsPage Nothing = new([], NextCursor: null, HasMore: false);

    /// <exception cref="DependencyUnavailableException">Who may see the posts, or who the author is, depends on UserService, which is away.</exception>
    public async Task<PostsPage> ReadAsync(UserId viewer, SearchQuery query, ListRequest list, CancellationToken ct)
    {
        if (query.Authors.Count > 1) return Nothing;

        var words = await WordsAsync(query, ct);
        string[] tags = [.. query.Tags];
        if (query.Authors is [var name])
        {
            return await users.FindAsync(name, ct) is { } author ? await PageAsync((before, count, token) => ScanAuthorAsync(author, words, tags, before, count, token)) : Nothing;
        }

        if (tags.Length > 0) return await PageAsync((before, count, token) => ScanTagAsync(words, tags, before, count, token));
        return words is null ? Nothing : await PageAsync((before, count, token) => ScanWordsAsync(words, before, count, token));

        Task<PostsPage> PageAsync(PostScan scan) => pages.ReadAsync(viewer, list.Position, list.Limit, PostShower.Found, scan, ct);
    }

    /// <summary>The words as Postgres looks for them; null when none is left.</summary>
    private async Task<string?> WordsAsync(SearchQuery query, CancellationToken ct)
    {
        string[] texts = [.. query.Alternatives.SelectMany(alternative => alternative).Select(term => term.Text)];
        if (texts.Length == 0) return null;

        // Of a term that is split, the parts stand in a row: of a text without spaces, of a name with a dot in it.
        var terms = new Queue<string>(await db.Database.SqlQuery<string>(
            $"""
            SELECT phraseto_tsquery('simple', search_text(text))::text AS "Value" FROM unnest({texts}) WITH ORDINALITY AS term (text, place) ORDER BY place
            """).ToListAsync(ct));
        var alternatives = query.Alternatives
            .Select(alternative => string.Join(" & ", alternative.Select(Read).OfType<string>()))
            .Where(alternative => alternative.Length > 0)
            .Select(alternative => $"({alternative})")
            .ToList();
        return alternatives.Count == 0 ? null : string.Join(" | ", alternatives);

        string? Read(SearchTerm term) => terms.Dequeue() is { Length: > 0 } words ? (term.Excluded ? $"!({words})" : $"({words})") : null;
    }

    private async Task<IReadOnlyList<ScannedPost>> ScanWordsAsync(string words, long before, int count, CancellationToken ct)
    {
        var newest = (await db.Database.SqlQuery<long?>($"""SELECT max(id) AS "Value" FROM posts""").ToListAsync(ct)).Single() ?? 0;
        before = Math.Min(before, newest + 1);
        List<long> ids = [];
        for (var length = 0; before > 0 && ids.Count < count; length = Math.Min(length + 1, Moments.Length - 1))
        {
            var bits = Moments[length] + TimeShift;
            var moment = (before - 1) >> bits;
            ids.AddRange(await MomentAsync(words, $"'@{Moments[length]}.{moment}'", before, count - ids.Count, ct));
            before = moment << bits;
        }

        return await found.ReadAsync(ids.ConvertAll(id => new FoundPlace(id, id)), ct);
    }

    // All of a moment that match are found before they are put in order: asked for both at once, the planner may walk through every post instead.
    private Task<List<long>> MomentAsync(string words, string moment, long before, int count, CancellationToken ct) => db.Database.SqlQuery<long>(
        $"""
        WITH found AS MATERIALIZED (
            SELECT id FROM posts
            WHERE search @@ ({words}::tsquery && {moment}::tsquery) AND id < {before} AND deleted_at IS NULL AND visibility = 0 AND NOT limited AND repost_of IS NULL)
        SELECT id AS "Value" FROM found ORDER BY id DESC LIMIT {count}
        """).ToListAsync(ct);

    private async Task<IReadOnlyList<ScannedPost>> ScanAuthorAsync(UserId author, string? words, string[] tags, long before, int count, CancellationToken ct) =>
        await found.ReadAsync(
            await db.Database.SqlQuery<FoundPlace>(
                $"""
                SELECT p.id AS "Position", p.id AS "Id",
                    ({words}::text IS NULL OR p.search @@ {words}::tsquery)
                    AND (SELECT count(*) FROM post_tags WHERE post_id = p.id AND tag = ANY ({tags})) = cardinality({tags}) AS "Matches"
                FROM posts p WHERE p.author_id = {author.Value} AND p.deleted_at IS NULL AND p.id < {before} ORDER BY p.id DESC LIMIT {count}
                """).ToListAsync(ct),
            ct);

    private async Task<IReadOnlyList<ScannedPost>> ScanTagAsync(string? words, string[] tags, long before, int count, CancellationToken ct) =>
        await found.ReadAsync(
            await db.Database.SqlQuery<FoundPlace>(
                $"""
                SELECT p.id AS "Position", p.id AS "Id",
                    ({words}::text IS NULL OR p.search @@ {words}::tsquery)
                    AND (SELECT count(*) FROM post_tags WHERE post_id = p.id AND tag = ANY ({tags})) = cardinality({tags}) AS "Matches"
                FROM (SELECT post_id FROM post_tags WHERE tag = {tags[0]} AND post_id < {before} ORDER BY post_id DESC LIMIT {count}) t JOIN posts p ON p.id = t.post_id
                ORDER BY p.id DESC
                """).ToListAsync(ct),
            ct);
}
