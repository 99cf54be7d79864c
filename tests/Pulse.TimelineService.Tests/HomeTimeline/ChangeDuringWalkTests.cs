using System.Collections.Concurrent;
using System.Diagnostics;
using Pulse.Timelines;

namespace Pulse.TimelineService.Tests.HomeTimeline;

/// <summary>Walks and reads while everything underneath them changes.</summary>
public sealed class ChangeDuringWalkTests(FeedApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [Trait("Invariant", "5")]
    [Trait("Invariant", "12")]
    [Trait("Invariant", "20")]
    [Trait("Invariant", "22")]
    public async Task Walk_RebuildsTrimsFlipsAndDeletesInBetween_SkipsAndRepeatsNothing(int limit)
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author, other) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.FollowAsync(reader, other, Ct);
        for (var post = 0; post < 30; post++) await app.World.PostAsync(post % 3 == 0 ? other : author, Ct);
        await reader.ReadAsync(Ct);
        var before = app.World.Oracle(reader);
        var deleted = new HashSet<long>();

        List<long> walked = [];
        string? cursor = null;
        for (var turn = 0; ; turn++)
        {
            var page = await reader.ReadAsync(Ct, limit, cursor);
            walked.AddRange(page.Ids);
            if ((cursor = page.NextCursor) is null) break;

            switch (turn % 4)
            {
                case 0:
                    // Rebuilt at the next page, complete to another floor.
                    await app.Redis.FlushAsync(Ct);
                    await app.World.PostManyAsync(author, 3, Ct);
                    break;
                case 1:
                    // Enough pushes for a trim: the floor overtakes the walk.
                    await app.World.PostManyAsync(author, FeedApp.Capacity + 8, Ct);
                    break;
                case 2:
                    for (var post = 0; post < 4; post++) await app.World.PostAsync(author, Ct, mode: FanoutMode.Pull);
                    break;
                default:
                    var ahead = before.Except(walked).ElementAt(1);
                    deleted.Add(ahead);
                    await app.World.DeleteAsync(new(ahead));
                    break;
            }
        }

        Assert.NotEmpty(deleted);
        Assert.Equal(before.Except(deleted), walked);
    }

    [Fact]
    [Trait("Invariant", "12")]
    public async Task Read_CacheThenDatabaseThenCache_NothingSeenVanishes()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 5, Ct);
        await reader.ReadAsync(Ct);
        var seen = new HashSet<long>();
        HashSet<string> sources = [];

        for (var outage = 0; outage < 2; outage++)
        {
            await ReadAsync();
            app.Redis.Pause();
            // Recorded, and never pushed to the list that stands still; the own one is not even planned.
            var missed = app.World.CommitPost(author);
            await Assert.ThrowsAnyAsync<Exception>(() => app.World.PlanAsync(author, missed, FanoutMode.Push, Ct));
            var own = app.World.CommitPost(reader);
            await ReadAsync();
            Assert.Contains(missed.Value, seen);
            Assert.Contains(own.Value, seen);
            app.Redis.Resume();
            for (var read = 0; read < 10; read++) await ReadAsync();
            await TestInfrastructure.Until.TrueAsync(async () => (await ReadAsync()).Degraded.Count == 0, "Redis answers again", Ct);
        }

        Assert.Equal(["cache", "database"], sources.Order());

        async Task<FeedPage> ReadAsync()
        {
            var page = await reader.ReadAsync(Ct);
            Assert.Empty(seen.Except(page.Ids));
            seen.UnionWith(page.Ids);
            sources.Add(page.Degraded.Contains("cache") ? "database" : page.Source == "mixed" ? "cache" : page.Source);
            return page;
        }
    }

    [Fact]
    [Trait("Invariant", "2")]
    public async Task Read_WhileOthersWrite_ShowsOnlyWhatWasVisibleAtSomeInstant()
    {
        var (reader, author, wavering) = (shared.NewUser(), shared.NewUser(), shared.NewUser());
        await shared.World.FollowAsync(reader, author, Ct);
        var created = new ConcurrentDictionary<long, (TestUser Author, long From)>();
        var deleted = new ConcurrentDictionary<long, long>();
        // When the reader ceased to follow the wavering one, by when he had begun.
        var follows = new ConcurrentDictionary<long, long>();
        using var ending = new CancellationTokenSource();
        var writing = Task.Run(WriteAsync, Ct);

        for (var read = 0; read < 60; read++)
        {
            var from = Stopwatch.GetTimestamp();
            var page = await reader.ReadAsync(Ct, limit: 30);
            var to = Stopwatch.GetTimestamp();
            foreach (var id in page.Ids)
            {
                Assert.True(created.TryGetValue(id, out var post) && post.From <= to, $"{id} was shown before it was posted.");
                Assert.True(!deleted.TryGetValue(id, out var end) || end >= from, $"{id} was deleted before the request.");
                Assert.True(post.Author != wavering || follows.Any(follow => follow.Key <= to && follow.Value >= from), $"{id} is of somebody whom the reader did not follow.");
            }
        }

        await ending.CancelAsync();
        await writing;

        async Task WriteAsync()
        {
            var random = new Random(5);
            while (!ending.IsCancellationRequested)
            {
                var began = Stopwatch.GetTimestamp();
                // Open until the unfollow has returned: a request that overlaps it may still show the posts.
                follows[began] = long.MaxValue;
                await shared.World.FollowAsync(reader, wavering, Ct);
                for (var post = 0; post < 3; post++)
                {
                    foreach (var writer in (TestUser[])[author, wavering])
                    {
                        var now = Stopwatch.GetTimestamp();
                        var id = shared.World.CommitPost(writer);
                        created[id.Value] = (writer, now);
                        await shared.World.PlanAsync(writer, id, FanoutMode.Push, Ct);
                        if (random.Next(3) > 0) continue;

                        await shared.World.DeleteAsync(id);
                        deleted[id.Value] = Stopwatch.GetTimestamp();
                    }
                }

                await shared.World.UnfollowAsync(reader, wavering, Ct);
                follows[began] = Stopwatch.GetTimestamp();
            }
        }
    }
}
