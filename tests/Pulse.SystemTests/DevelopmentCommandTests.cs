using System.Globalization;
using System.Net.Http.Json;
using Pulse.SystemTests.Running;

namespace Pulse.SystemTests;

/// <summary>The commands that a developer gives from the dashboard or the shell, besides start, stop and restart.</summary>
public sealed class DevelopmentCommandTests(RunningPulse pulse) : SystemTest(pulse)
{
    [Fact]
    public async Task Seed_GivenTwice_MakesThePeopleOnceAndTheirPostsReachEachOther()
    {
        // Another test may have been the first to seed.
        Assert.Matches("^✓ gateway: seed: 5 people .*, (20|0) new posts", await Pulse.Command.MustAsync("resource gateway seed", Ct));
        Assert.Matches("^✓ gateway: seed: 5 people .*, 0 new posts", await Pulse.Command.MustAsync("resource gateway seed", Ct));

        var alice = await Pulse.LogInAsync("alice", "password123", Ct);
        var page = await alice.FeedUntilAsync(feed => feed.Ids.Count == 20, "everybody's posts are in alice's timeline", Ct);
        Assert.Empty(page.Degraded);
    }

    [Fact]
    public async Task Seed_PersonHasSignedUpToo_TakesNoneOfHisLoginsAndSignups()
    {
        (IReadOnlyList<Allowance> Before, IReadOnlyList<Allowance> After) left;
        do
        {
            left.Before = await LeftAsync();
            await Pulse.Command.MustAsync("resource gateway seed", Ct);
            left.After = await LeftAsync();
        }
        while (!left.Before.Select(one => one.Until).SequenceEqual(left.After.Select(one => one.Until))); // a window ended meanwhile

        Assert.Equal(left.Before.Select(one => one.Calls - 1), left.After.Select(one => one.Calls));
    }

    [Fact]
    public async Task Flush_TimelinesAreWarm_NothingIsLost()
    {
        var (alice, bob) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);
        var post = await alice.PostAsync("before the flush", Ct);
        await bob.FeedUntilAsync(page => page.Ids.Contains(post) && page.Source == "cache", "bob's timeline is warm", Ct);

        Assert.Equal("✓ redis: flush: Redis is empty.", (await Pulse.Command.MustAsync("resource redis flush", Ct)).Trim());

        Assert.Equal([post], (await bob.FeedAsync(Ct)).Ids);
    }

    [Fact]
    public async Task StopFor30s_StartedByHand_PagesSaySoUntilThen()
    {
        var user = await Pulse.NewUserAsync(Ct);
        var post = await user.PostAsync("said before the outage", Ct);

        Assert.Equal("✓ redis: stop-for-30s: Redis starts again in 30 s.", (await Pulse.Command.MustAsync("resource redis stop-for-30s", Ct)).Trim());
        var during = await user.FeedUntilAsync(page => page.Degraded.Contains("cache"), "the page says that the cache is away", Ct);
        Assert.Equal([post], during.Ids);

        // By hand: that ends the command's outage too, which else would start Redis in the middle of another test.
        await Pulse.Command.MustAsync("resource redis start", Ct);
        await user.FeedUntilAsync(page => page.Degraded.Count == 0 && page.Ids.Contains(post), "the cache is back", Ct);
    }

    [Fact]
    public async Task ReplayDeadLetters_ThereAreNone_SaysSo() =>
        Assert.Equal("✓ bus: replay-dead-letters: 0 dead letters replayed.", (await Pulse.Command.MustAsync("resource bus replay-dead-letters", Ct)).Trim());

    [Theory]
    [InlineData("redis dance", "redis knows the commands")]
    [InlineData("nobody flush", "There is no resource named nobody")]
    public async Task Resource_UnknownCommand_SaysWhatThereIs(string arguments, string expected)
    {
        var result = await Pulse.Command.RunAsync($"resource {arguments}", Ct);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
    }

    /// <summary>The logins and the signups that this address has left; asking takes one of each.</summary>
    private async Task<IReadOnlyList<Allowance>> LeftAsync()
    {
        List<Allowance> left = [];
        foreach (var path in (string[])["/v1/auth/login", "/v1/auth/signup"])
        {
            using var refused = await Pulse.Api.PostAsJsonAsync(path, new { username = "nobody" }, Ct);
            long Number(string header) => long.Parse(Assert.Single(refused.Headers.GetValues(header)), CultureInfo.InvariantCulture);
            left.Add(new Allowance(Number("X-RateLimit-Remaining"), Number("X-RateLimit-Reset")));
        }

        return left;
    }

    /// <summary>So many calls until a time in Unix seconds.</summary>
    private sealed record Allowance(long Calls, long Until);
}
