using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Graph;

namespace Pulse.Timelines.Tests.Graph;

public sealed class FollowEdgesTests(TimelineSlice slice)
{
    private static readonly DateTimeOffset Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly FollowEdges _edges = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApplyAsync_Follow_IsAFollowerAndAFollowee()
    {
        var (alice, bob) = (slice.NewUser(), slice.NewUser());

        Assert.True(await _edges.ApplyAsync(new UserFollowed(bob, alice, Version: 1, Since), Ct));

        Assert.Equal([bob.Value], await FollowersAsync(alice));
        var followee = Assert.Single(await _edges.FolloweesAsync(bob, Ct));
        Assert.Equal((alice, Since), (followee.Id, followee.Since));
        Assert.Equal(1, await CountAsync(alice));
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task ApplyAsync_UnfollowBeforeItsFollow_StaysUnfollowed()
    {
        var (alice, bob) = (slice.NewUser(), slice.NewUser());

        Assert.True(await _edges.ApplyAsync(new UserUnfollowed(bob, alice, Version: 2), Ct));
        Assert.False(await _edges.ApplyAsync(new UserFollowed(bob, alice, Version: 1, Since), Ct));

        Assert.Empty(await FollowersAsync(alice));
        Assert.Empty(await _edges.FolloweesAsync(bob, Ct));
        Assert.Equal(0, await CountAsync(alice));
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task ApplyAsync_RepeatOfTheNewest_IsAppliedAgain()
    {
        var (alice, bob) = (slice.NewUser(), slice.NewUser());
        var follow = new UserFollowed(bob, alice, Version: 1, Since);

        Assert.True(await _edges.ApplyAsync(follow, Ct));
        Assert.True(await _edges.ApplyAsync(follow, Ct));

        Assert.Equal(1, await CountAsync(alice));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [Trait("Invariant", "18")]
    [Trait("Invariant", "28")]
    public async Task ApplyAsync_EventsInAnyOrderTwiceAndAtOnce_GiveTheNewestStateAndTheRightCounts(int seed)
    {
        var random = new Random(seed);
        UserId[] authors = [.. Enumerable.Range(0, 3).Select(_ => slice.NewUser())];
        UserId[] readers = [.. Enumerable.Range(0, 6).Select(_ => slice.NewUser())];
        var expected = new Dictionary<(UserId Author, UserId Reader), bool>();
        List<(UserId Author, UserId Reader, long Version, bool Follow)> events = [];
        foreach (var reader in readers)
        {
            for (var version = 1L; version <= 15; version++)
            {
                var author = authors[random.Next(authors.Length)];
                var follow = !expected.GetValueOrDefault((author, reader));
                expected[(author, reader)] = follow;
                events.Add((author, reader, version, follow));
            }
        }

        var deliveries = events.Concat(events).ToArray();
        random.Shuffle(deliveries);
        await Parallel.ForEachAsync(deliveries, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct }, async (delivery, ct) =>
        {
            if (delivery.Follow) await _edges.ApplyAsync(new UserFollowed(delivery.Reader, delivery.Author, delivery.Version, Since), ct);
            else await _edges.ApplyAsync(new UserUnfollowed(delivery.Reader, delivery.Author, delivery.Version), ct);
        });

        foreach (var author in authors)
        {
            var followers = expected.Where(edge => edge.Key.Author == author && edge.Value).Select(edge => edge.Key.Reader.Value).Order().ToList();
            Assert.Equal(followers, await FollowersAsync(author));
            Assert.True(followers.Count == await CountAsync(author), $"Seed {seed}: the count of {author} is wrong.");
        }
    }

    [Fact]
    public async Task NotifiedFollowersAsync_FlagTurnedInAnyOrder_AreWhomTheNewestVersionSays()
    {
        var alice = slice.NewUser();
        UserId[] readers = [.. Enumerable.Range(0, 5).Select(_ => slice.NewUser())];
        UserFollowed Follow(int reader, long version, bool notify) => new(readers[reader], alice, version, Since, notify);
        foreach (var follow in (UserFollowed[])[Follow(0, 1, true), Follow(1, 2, false), Follow(1, 1, true), Follow(2, 1, false), Follow(2, 2, true), Follow(3, 1, true), Follow(4, 1, true)])
        {
            await _edges.ApplyAsync(follow, Ct);
        }

        await _edges.ApplyAsync(new UserUnfollowed(readers[3], alice, Version: 2), Ct);

        List<long> notified = [];
        await foreach (var page in _edges.NotifiedFollowersAsync(alice, pageSize: 2, Ct)) notified.AddRange(page.Span);
        Assert.Equal([readers[0].Value, readers[2].Value, readers[4].Value], notified);
    }

    /// <summary>A million followers must not cost anything to somebody who asks for the few that are flagged.</summary>
    [Fact]
    public async Task NotifiedFollowersAsync_ManyFollowers_ReadsTheIndexOfTheFlaggedAlone()
    {
        var author = slice.NewUser();
        await InsertAsync(author, 3_000);

        await using var command = slice.Database.CreateCommand(
            "EXPLAIN SELECT ARRAY(SELECT follower FROM follow_edges WHERE followee = $1 AND follower > $2 AND notify ORDER BY follower LIMIT $3)");
        foreach (var parameter in (long[])[author.Value, 0, 500]) command.Parameters.Add(new() { Value = parameter });
        await using var reader = await command.ExecuteReaderAsync(Ct);
        List<string> plan = [];
        while (await reader.ReadAsync(Ct)) plan.Add(reader.GetString(0));

        Assert.Contains(plan, line => line.Contains("follow_edges_notified", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Filter", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Invariant", "28")]
    public async Task Triggers_ManyRowsAtATime_CountEachAuthor()
    {
        var (alice, bob) = (slice.NewUser(), slice.NewUser());
        await InsertAsync(alice, 300);
        await InsertAsync(bob, 20);

        await ExecuteAsync("UPDATE follow_edges SET active = false, version = 2 WHERE followee = ANY($1) AND follower <= 10", [alice.Value, bob.Value]);

        Assert.Equal((290L, 10L), (await CountAsync(alice), await CountAsync(bob)));
    }

    [Theory]
    [InlineData(2_500, 3)]
    [InlineData(2_000, 2)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [Trait("Invariant", "1")]
    public async Task FollowersAsync_PagesOfAThousand_GivesEveryActiveFollowerOnce(int followers, int pages)
    {
        var author = slice.NewUser();
        await InsertAsync(author, followers + 100);
        await ExecuteAsync("UPDATE follow_edges SET active = false WHERE followee = ANY($1) AND follower <= 100", [author.Value]);

        var sizes = new List<int>();
        var streamed = new List<long>();
        await foreach (var page in _edges.FollowersAsync(author, pageSize: 1_000, Ct))
        {
            sizes.Add(page.Length);
            streamed.AddRange(page.Span);
        }

        Assert.Equal(Enumerable.Range(101, followers).Select(follower => (long)follower), streamed);
        Assert.Equal(pages, sizes.Count);
        Assert.Equal(followers, await CountAsync(author));
    }

    [Fact]
    [Trait("Invariant", "31")]
    public async Task FollowersAsync_GreatIds_AreExact()
    {
        var author = new UserId(long.MaxValue - slice.NewUser().Value);
        UserId[] readers = [new(1L << 53), new((1L << 53) + 1), new(long.MaxValue)];
        foreach (var reader in readers) await _edges.ApplyAsync(new UserFollowed(reader, author, Version: 1, Since), Ct);

        Assert.Equal(readers.Select(reader => reader.Value), await FollowersAsync(author));
    }

    private async Task<List<long>> FollowersAsync(UserId author)
    {
        List<long> followers = [];
        await foreach (var page in _edges.FollowersAsync(author, pageSize: 2, Ct)) followers.AddRange(page.Span);
        return followers;
    }

    private async Task<long> CountAsync(UserId author) =>
        await slice.ScalarAsync<long>("SELECT coalesce((SELECT followers FROM authors WHERE author_id = $1), 0)", Ct, author.Value);

    private Task InsertAsync(UserId author, int followers) =>
        ExecuteAsync("INSERT INTO follow_edges SELECT $1[1], follower, 1, true, now() FROM generate_series(1, $1[2]) follower", [author.Value, followers]);

    private async Task ExecuteAsync(string sql, long[] values)
    {
        await using var command = slice.Database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = values });
        await command.ExecuteNonQueryAsync(Ct);
    }
}
