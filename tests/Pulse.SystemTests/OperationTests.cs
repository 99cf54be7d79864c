using System.Text.Json;
using Npgsql;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests;

/// <summary>What an operator does when something was lost or given up.</summary>
public sealed class OperationTests(RunningPulse pulse) : SystemTest(pulse)
{
    private const int HandlerFailed = 2202;

    [Fact]
    [Trait("Invariant", "19")]
    public async Task Dlq_HandlerFailsThreeTimes_ShowsAndReplaysWhatWasLeft()
    {
        ExpectError(HandlerFailed);
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        await bob.FeedUntilAsync(page => page.Source == "cache", "bob's timeline is warm", Ct);
        Assert.Equal("0 messages", await DeadLettersAsync("pulse-fanout"));

        // A table that is not there is no outage: the planner fails.
        await ExecuteAsync("ALTER TABLE author_posts RENAME TO author_posts_away");
        string post;
        try
        {
            post = await alice.PostAsync("poison for a while", Ct);
            await Until.TrueAsync(async () => await DeadLettersAsync("pulse-fanout") is "1 message", "the event is a dead letter", Ct);
        }
        finally
        {
            await ExecuteAsync("ALTER TABLE author_posts_away RENAME TO author_posts");
        }

        var shown = await Pulse.Command.MustAsync("dlq show fanout", Ct);
        Assert.Contains("post.published", shown, StringComparison.Ordinal);
        Assert.Contains(post, shown, StringComparison.Ordinal);
        Assert.Equal("✓ 1 message replayed into pulse-fanout", (await Pulse.Command.MustAsync("dlq replay fanout", Ct)).Trim());

        var page = await bob.FeedUntilAsync(feed => feed.Ids.Contains(post) && feed.Source == "cache", "the post has arrived after all", Ct);
        Assert.Equal([post], page.Ids);
        Assert.Equal("pulse-fanout has no dead letters", (await Pulse.Command.MustAsync("dlq show pulse-fanout", Ct)).Trim());
        Assert.Equal("✓ 0 messages replayed into pulse-fanout", (await Pulse.Command.MustAsync("dlq replay pulse-fanout", Ct)).Trim());
    }

    [Fact]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "2")]
    public async Task TimelinesRebuild_TimelinedbIsEmptyAndUsersGoOn_EveryWalkEqualsTheOracle()
    {
        List<PulseUser> users = [];
        for (var made = 0; made < 5; made++) users.Add(await Pulse.NewUserAsync(Ct));
        var oracle = users.ToDictionary(user => user, _ => new HashSet<PulseUser>());
        Dictionary<string, PulseUser> posts = [];
        foreach (var user in users[1..])
        {
            await user.FollowAsync(users[0], Ct);
            oracle[user].Add(users[0]);
        }

        var random = new Random(3);
        for (var step = 0; step < 40; step++) await StepAsync();

        await ExecuteAsync("TRUNCATE follow_edges, authors, author_posts, pull_authors, pull_authors_version");
        var rebuild = Pulse.Command.MustAsync("timelines rebuild", Ct);
        do
        {
            await StepAsync();
        }
        while (!rebuild.IsCompleted);
        Assert.StartsWith("✓ timelinedb is refilled", (await rebuild).Trim().Split('\n')[^1], StringComparison.Ordinal);

        foreach (var user in users)
        {
            var expected = posts.Where(post => post.Value == user || oracle[user].Contains(post.Value)).Select(post => post.Key).OrderByDescending(long.Parse).ToList();
            await user.FeedUntilAsync(page => page.Ids.Take(50).SequenceEqual(expected.Take(50)), "the last posts have arrived", Ct);
            foreach (var limit in (int[])[1, 7, 50]) Assert.Equal(expected, await user.WalkAsync(limit, Ct));
            await user.FeedUntilAsync(page => page.Source == "cache", "the timeline is warm again", Ct);
        }

        async Task StepAsync()
        {
            var (user, other) = (users[random.Next(users.Count)], users[random.Next(users.Count)]);
            switch (random.Next(8))
            {
                case < 5:
                    posts.Add(await user.PostAsync("one of many", Ct), user);
                    break;
                case 5 when user != other:
                    await user.FollowAsync(other, Ct);
                    oracle[user].Add(other);
                    break;
                case 6 when user != other:
                    await user.UnfollowAsync(other, Ct);
                    oracle[user].Remove(other);
                    break;
                case 7 when posts.Where(post => post.Value == user).Select(post => post.Key).FirstOrDefault() is { } own:
                    await user.DeleteAsync(own, Ct);
                    posts.Remove(own);
                    break;
                default:
                    await user.FeedAsync(Ct);
                    break;
            }
        }
    }

    /// <summary>What <c>dlq list</c> says of a queue, behind its name; the column's width is the longest name's.</summary>
    private async Task<string?> DeadLettersAsync(string queue)
    {
        var lines = (await Pulse.Command.MustAsync("dlq list", Ct)).Split('\n');
        return lines.FirstOrDefault(line => line.StartsWith($"{queue} ", StringComparison.Ordinal))?[queue.Length..].Trim();
    }

    /// <summary>Does to timelinedb what no service would.</summary>
    private async Task ExecuteAsync(string sql)
    {
        var status = JsonElement.Parse(await Pulse.Command.MustAsync("status --json", Ct));
        var postgres = status.GetProperty("resources").EnumerateArray().First(resource => resource.GetProperty("name").GetString() == "postgres");
        var address = new Uri(postgres.GetProperty("urls").EnumerateArray().First().GetString()!);
        var secrets = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(Pulse.Command.Data, "secrets.json"), Ct));
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Username = "postgres",
            Password = secrets.GetProperty("postgres-password").GetString(),
            Database = "timelinedb",
            Pooling = false,
        };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
