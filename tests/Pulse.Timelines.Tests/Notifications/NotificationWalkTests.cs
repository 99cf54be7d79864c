using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Notifications;
using static Pulse.Contracts.Api.NotificationKind;

namespace Pulse.Timelines.Tests.Notifications;

/// <summary>Walks, while others go on.</summary>
public sealed class NotificationWalkTests(TimelineSlice slice)
{
    private readonly BoxOf _box = new(slice);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Fact]
    public async Task PageAsync_GroupMovesUpDuringTheWalk_IsMetAtItsPlace()
    {
        UserId[] users = [.. Enumerable.Range(0, 5).Select(_ => slice.NewUser())];
        for (var subject = 1; subject <= 4; subject++) await _box.TellAsync(users[0], Like, subject);
        var newest = (await _box.FindAsync()).Newest;
        var first = await _box.PageAsync(newest, long.MaxValue, limit: 2);

        // One that the walk has met, one that it will meet, and a new one.
        foreach (var subject in (int[])[4, 1, 9]) await _box.TellAsync(users[1], Like, subject);
        var second = await _box.PageAsync(newest, first[^1].Place, limit: 5);

        Shown.Are([.. first, .. second], (Like, 4, [users[0]]), (Like, 3, [users[0]]), (Like, 2, [users[0]]), (Like, 1, [users[0]]));
        Shown.Are(await _box.WalkAsync(), (Like, 9, [users[1]]), (Like, 1, [users[1], users[0]]), (Like, 4, [users[1], users[0]]), (Like, 3, [users[0]]), (Like, 2, [users[0]]));
    }

    [Fact]
    public async Task PageAsync_NewestLikeIsTakenBackDuringTheWalk_ItsGroupIsNotMetAgain()
    {
        var (ada, bob) = (slice.NewUser(), slice.NewUser());
        await _box.TellAsync(ada, Like, subject: 1);
        await _box.TellAsync(ada, Like, subject: 2);
        await _box.TellAsync(bob, Like, subject: 1);
        var newest = (await _box.FindAsync()).Newest;
        var first = await _box.PageAsync(newest, long.MaxValue, limit: 1);

        await _box.EndAsync(bob, Like, subject: 1);
        var second = await _box.PageAsync(newest, first[^1].Place, limit: 5);

        Shown.Are([.. first, .. second], (Like, 1, [bob, ada]), (Like, 2, [ada]));
        Shown.Are(await _box.WalkAsync(), (Like, 1, [ada]), (Like, 2, [ada]));
    }

    [Fact]
    [Trait("Invariant", "15")]
    public async Task PageAsync_HiddenActors_AreLeftOutAndGroupsWithThem()
    {
        var (ada, bob, eve) = (slice.NewUser(), slice.NewUser(), slice.NewUser());
        foreach (var liker in (UserId[])[ada, bob]) await _box.TellAsync(liker, Like, subject: 1);
        await _box.TellAsync(bob, Like, subject: 2);
        foreach (var reposter in (UserId[])[eve, ada]) await _box.TellAsync(reposter, Repost, subject: 1);
        await _box.TellAsync(eve, Like, subject: 3);

        Shown.Are(await _box.WalkAsync(limit: 1, hidden: [bob], hiddenReposters: [eve]), (Like, 3, [eve]), (Repost, 1, [ada]), (Like, 1, [ada]));
    }

    [Fact]
    public async Task PageAsync_MoreThanCanBeRead_GivesTheNewest()
    {
        // One more than the most, without so many statements.
        await slice.ScalarAsync<object>(
            """
            WITH box AS (INSERT INTO notification_boxes (user_id, newest) VALUES ($1, 5001)),
            shown AS (INSERT INTO notification_groups (user_id, first, kind, subject, newest, began_at) VALUES ($1, 1, 7, 1, 5001, now())),
            acts AS (
                INSERT INTO notification_acts (user_id, kind, subject, actor, version, active, number, first, at)
                SELECT $1, 7, 1, n, 1, n % 5 > 0, n, 1, now() FROM generate_series(1, 5001) n)
            SELECT 'made'::text
            """,
            Ct,
            _box.User.Value);

        var group = Assert.Single(await _box.WalkAsync());

        Assert.Equal(NotificationBoxes.MaxActs, group.Acts.Count);
        Assert.Equal(5001, group.Acts[0].Number);
        Assert.All(group.Acts.Zip(group.Acts.Skip(1)), pair => Assert.True(pair.First.Number > pair.Second.Number));
    }

    /// <summary>A page must not read the box of somebody who was told much.</summary>
    [Fact]
    public async Task PageAsync_Plan_WalksTheIndexOfPlaces()
    {
        await slice.ScalarAsync<object>(
            """
            WITH shown AS (
                INSERT INTO notification_groups (user_id, first, kind, subject, newest, began_at) SELECT $1, n, 3, n, n, now() FROM generate_series(1, 900) n),
            acts AS (
                INSERT INTO notification_acts (user_id, kind, subject, actor, version, active, number, first, at)
                SELECT $1, 3, n, 1, n, true, n, n, now() FROM generate_series(1, 900) n)
            SELECT 'made'::text
            """,
            Ct,
            _box.User.Value);
        await using var connection = await slice.Database.OpenConnectionAsync(Ct);
        await using (var load = new Npgsql.NpgsqlCommand("LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; SET client_min_messages = log", connection))
        {
            await load.ExecuteNonQueryAsync(Ct);
        }

        List<string> plans = [];
        connection.Notice += (_, notice) => plans.Add(notice.Notice.MessageText);
        await using (var page = NotificationBoxes.PageCommand(new BoxRange(_box.User, 900, long.MaxValue, 0, [], []), limit: 20))
        {
            page.Connection = connection;
            await page.ExecuteNonQueryAsync(Ct);
        }

        var plan = Assert.Single(plans, text => text.Contains("notification_groups", StringComparison.Ordinal));
        Assert.Contains("notification_groups_by_place", plan, StringComparison.Ordinal);
        Assert.Contains("notification_acts_of_group", plan, StringComparison.Ordinal);
        // The acts of the twenty groups of the page, not of all nine hundred.
        Assert.Contains("loops=20)", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("loops=900)", plan, StringComparison.Ordinal);
    }

    /// <summary>
    /// Likes, unlikes, mentions, reads and walks in random order: every walk meets each group that stood when it began, and still stands, exactly once, in
    /// the order of that moment, whatever the sizes of its pages.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Walk_RandomHistory_IsThatOfTheMomentItBegan(int seed)
    {
        var random = new Random(seed);
        UserId[] actors = [.. Enumerable.Range(0, 6).Select(_ => slice.NewUser())];
        Dictionary<(UserId, long), long> versions = [];
        for (var step = 0; step < 40; step++) await StepAsync(random, actors, versions);
        for (var walk = 0; walk < 6; walk++)
        {
            var newest = (await _box.FindAsync()).Newest;
            var expected = await _box.WalkAsync(newest: newest);
            HashSet<(UserId, long)> ended = [];
            List<NotificationGroup> walked = [];
            for (var before = long.MaxValue; ;)
            {
                var limit = random.Next(1, 6);
                var page = await _box.PageAsync(newest, before, limit);
                walked.AddRange(page);
                if (page.Count < limit) break;
                before = page[^1].Place;
                for (var steps = random.Next(0, 5); steps > 0; steps--) ended.UnionWith(await StepAsync(random, actors, versions));
            }

            Assert.All(walked.Zip(walked.Skip(1)), pair => Assert.True(pair.First.Place > pair.Second.Place, $"seed {seed}, walk {walk}"));
            Assert.True(walked.TrueForAll(group => group.Place <= newest && group.Acts.All(act => act.Number <= newest)), $"seed {seed}, walk {walk}: something new");
            foreach (var group in expected)
            {
                // What was taken back during the walk may be gone, or have come back before its page was read.
                var kept = group.Acts.Where(act => !ended.Contains((act.Actor, group.Subject))).Select(act => act.Actor).ToList();
                var met = walked.SingleOrDefault(other => other.Place == group.Place);
                Assert.True(kept.Count == 0 || met is not null, $"seed {seed}, walk {walk}: a group of {group.Subject} was skipped");
                Assert.True(kept.TrueForAll(actor => met!.Acts.Any(act => act.Actor == actor)), $"seed {seed}, walk {walk}: an actor is missing");
            }
        }
    }

    /// <returns>Acts that were taken back.</returns>
    private async Task<List<(UserId, long)>> StepAsync(Random random, UserId[] actors, Dictionary<(UserId, long), long> versions)
    {
        var (actor, subject) = (actors[random.Next(actors.Length)], random.Next(1, 9));
        var version = versions[(actor, subject)] = versions.GetValueOrDefault((actor, subject)) + 1;
        switch (random.Next(10))
        {
            case < 6:
                await _box.TellAsync(actor, Like, subject, version);
                return [];
            case < 8:
                await _box.EndAsync(actor, Like, subject, version);
                return [(actor, subject)];
            case < 9:
                await _box.TellAsync(actor, Mention, 1_000 + slice.NewPost().Value);
                return [];
            default:
                var places = (await _box.WalkAsync()).ConvertAll(group => group.Place);
                if (places.Count > 0) await _box.Store.ReadAsync(_box.User, new NotificationId(places[random.Next(places.Count)]), Ct);
                return [];
        }
    }
}
