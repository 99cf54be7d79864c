using Npgsql;
using NpgsqlTypes;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Data;

namespace Pulse.Timelines.Tests.Data;

/// <summary>The pruned queries against what Postgres says when it sorts everything.</summary>
public sealed class NewestPostsTests(TimelineSlice slice)
{
    private readonly AuthorPosts _posts = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="seed">Of the randomness.</param>
    /// <param name="authors">More than a page and its spare leave some out; fewer leave nobody out.</param>
    /// <param name="skew">0: all post alike. Else some post most of it, so that many posts of few authors are on a page.</param>
    /// <param name="deletedAtTheEnd">The share of deletes among the newest posts, which makes the bounds of their authors too high.</param>
    [Theory]
    [InlineData(1, 30, 0, 0.1)]
    [InlineData(2, 30, 3, 0.1)]
    [InlineData(3, 900, 0, 0.0)]
    [InlineData(4, 900, 0, 0.9)]
    [InlineData(5, 900, 4, 0.1)]
    [InlineData(6, 1500, 2, 0.5)]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "17")]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "22")]
    public async Task BeforeAsync_ManyAuthors_EqualsTheSortOfEverything(int seed, int authors, int skew, double deletedAtTheEnd)
    {
        var random = new Random(seed);
        var (reader, ids, posts) = (slice.NewUser(), Users(authors), new long[6_000]);
        for (var index = 0; index < posts.Length; index++) posts[index] = slice.NewPost().Value;
        await InsertAsync(posts, _ => ids[(int)(authors * Math.Pow(random.NextDouble(), 1 + skew))], _ => (short)(random.Next(4) == 0 ? 1 : 0));
        await DeleteAsync(posts.Where((_, index) => random.NextDouble() < (index > 5_000 ? deletedAtTheEnd : 0.1)));
        await ExecuteAsync("INSERT INTO follow_edges (followee, follower, version, active) SELECT f, $2, 1, f % 7 > 0 FROM unnest($1) f", Array(ids), Number(reader.Value));

        foreach (var limit in (int[])[1, 2, 21, 101, 400, 5_999])
        {
            Assert.Equal(
                await SortedAsync("mode = 0 AND author_id IN (SELECT followee FROM follow_edges WHERE follower = $1 AND active)", Number(reader.Value), long.MaxValue, limit),
                await _posts.HomeAsync(reader, limit, Ct));
            foreach (var before in (long[])[long.MaxValue, posts[^20], posts[^500], posts[random.Next(posts.Length)], posts[30], posts[0]])
            {
                var some = ids.Where(_ => random.Next(8) > 0).ToArray();
                foreach (var mode in (FanoutMode?[])[null, FanoutMode.Push, FanoutMode.Pull])
                {
                    var expected = await SortedAsync($"author_id = ANY($1) AND ({(int?)mode ?? 2} = 2 OR mode = {(int?)mode ?? 2})", Array(some), before, limit);
                    var found = await _posts.BeforeAsync(some, mode, before, limit, Ct);
                    Assert.True(expected.SequenceEqual(found), $"seed {seed}, limit {limit}, before {before}, mode {mode}: {found.Count} of {expected.Count}");
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Bounds_PostsInAnyOrder_AreTheGreatestOfTheirMode(short mode)
    {
        var author = slice.NewUser();
        long[] posts = [.. Enumerable.Range(0, 5).Select(_ => slice.NewPost().Value)];

        await _posts.RecordAsync(author, new PostId(posts[3]), (FanoutMode)mode, Ct);
        await _posts.RecordAsync(author, new PostId(posts[1]), (FanoutMode)mode, Ct);
        await InsertAsync([posts[0], posts[2]], _ => author.Value, _ => mode);
        await _posts.RecordAsync(author, new PostId(posts[4]), (FanoutMode)(1 - mode), Ct);
        await _posts.DeleteAsync(author, slice.NewPost(), Ct);

        var (own, other) = mode == 0 ? ("newest_pushed", "newest_pulled") : ("newest_pulled", "newest_pushed");
        Assert.Equal(posts[3], await slice.ScalarAsync<long>($"SELECT {own} FROM authors WHERE author_id = $1", Ct, author.Value));
        Assert.Equal(posts[4], await slice.ScalarAsync<long>($"SELECT {other} FROM authors WHERE author_id = $1", Ct, author.Value));
    }

    private static NpgsqlParameter Number(long value) => new() { Value = value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private static NpgsqlParameter Array(long[] values) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private long[] Users(int count) => [.. Enumerable.Range(0, count).Select(_ => slice.NewUser().Value)];

    // In batches and out of order, as a refill writes them.
    private async Task InsertAsync(long[] posts, Func<long, long> author, Func<long, short> mode)
    {
        foreach (var batch in posts.OrderBy(id => id % 97).Chunk(1_000))
        {
            await ExecuteAsync(
                "INSERT INTO author_posts (author_id, post_id, mode) SELECT * FROM unnest($1, $2, $3)",
                Array([.. batch.Select(author)]),
                Array(batch),
                new() { Value = batch.Select(mode).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        }
    }

    private Task DeleteAsync(IEnumerable<long> posts) => ExecuteAsync("UPDATE author_posts SET deleted = true WHERE post_id = ANY($1)", Array([.. posts]));

    private async Task<List<long>> SortedAsync(string filter, NpgsqlParameter authors, long before, int limit)
    {
        await using var command = slice.Database.CreateCommand(
            $"SELECT post_id FROM author_posts WHERE {filter} AND post_id < $2 AND NOT deleted ORDER BY post_id DESC LIMIT $3");
        command.Parameters.AddRange(new[] { authors, Number(before), new() { Value = limit } });
        await using var reader = await command.ExecuteReaderAsync(Ct);
        List<long> ids = [];
        while (await reader.ReadAsync(Ct)) ids.Add(reader.GetInt64(0));
        return ids;
    }

    private async Task ExecuteAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = slice.Database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
