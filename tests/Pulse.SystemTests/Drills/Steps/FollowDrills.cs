using System.Globalization;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Drills.Steps;

/// <summary>A follow and its way to the bus.</summary>
[Trait("Category", "Drill")]
[Trait("Invariant", "14")]
[Trait("Invariant", "19")]
[Trait("Invariant", "30")]
public sealed class FollowDrills(RunningPulse pulse, ITestOutputHelper output) : StepDrill(pulse, output)
{
    private const string Projected = "SELECT count(*) FROM follow_edges WHERE followee = $1 AND follower = $2 AND active";

    [Fact]
    public async Task Users_KilledBeforeTheCommit_AFollowAgainCountsOnce()
    {
        var follower = await Pulse.NewUserAsync(Ct);
        var before = await FollowersAsync();
        await using var held = await HeldTable.FromWritersAsync(Pulse, "usersdb", "outbox", Ct);
        var following = Crowd.TryAsync(ct => follower.Client.PutAsync($"/v1/users/{Author.Id}/follow", content: null, ct));
        await held.StuckAsync("outbox", Ct);

        await KillReleaseAndStartAsync("users", held);

        Assert.Null(await following);
        Assert.Equal(before, await FollowersAsync());
        await follower.FollowAsync(Author, Ct);
        await ProjectedAsync(follower);
        Assert.Equal(before + 1, await FollowersAsync());
        await CompareAsync("users killed before the commit of a follow", follower);
    }

    [Fact]
    public async Task Users_KilledAfterTheCommitBeforeThePublish_LosesNoFollow()
    {
        var (first, second) = (await Pulse.NewUserAsync(Ct), await Pulse.NewUserAsync(Ct));
        await using var frozen = await FrozenProcess.FreezeAsync(Pulse, "bus", Ct);
        // The relay hangs with the first in its hands; so nobody has touched the second.
        await first.FollowAsync(Author, Ct);
        await OutboxAsync("usersdb", pending: 1, unclaimed: 0);
        await second.FollowAsync(Author, Ct);
        await OutboxAsync("usersdb", pending: 2, unclaimed: 1);

        await KillReleaseAndStartAsync("users", frozen);

        await ProjectedAsync(first, second);
        await CompareAsync("users killed after the commit of a follow, before and in its publish", first, second);
    }

    [Fact]
    public async Task Users_KilledAfterThePublishBeforeTheMark_CountsTheFollowOnce()
    {
        var follower = await Pulse.NewUserAsync(Ct);
        var before = await FollowersAsync();
        HeldTable held;
        await using (await FrozenProcess.FreezeAsync(Pulse, "bus", Ct))
        {
            await follower.FollowAsync(Author, Ct);
            await OutboxAsync("usersdb", pending: 1, unclaimed: 0);
            held = await HeldTable.FromWritersAsync(Pulse, "usersdb", "outbox", Ct);
        }

        await using (held)
        {
            await held.StuckAsync("UPDATE outbox SET published_at", Ct);
            await KillReleaseAndStartAsync("users", held);
        }

        await OutboxAsync("usersdb", pending: 0, unclaimed: 0);
        await ProjectedAsync(follower);
        Assert.Equal(before + 1, await FollowersAsync());
        await CompareAsync("users killed after the publish of a follow, before the mark", follower);
    }

    /// <summary>The edges are in the projection that fan-out goes by; until then a reader looks them up beside his list.</summary>
    private async Task ProjectedAsync(params PulseUser[] followers)
    {
        foreach (var follower in followers)
        {
            await Until.TrueAsync(
                async () => await Pulse.CountAsync("timelinedb", Projected, Ct, Number(Author), Number(follower)) == 1,
                $"{follower.Username} is known to follow",
                Ct);
        }
    }

    private static object Number(PulseUser user) => long.Parse(user.Id, CultureInfo.InvariantCulture);

    private async Task<long> FollowersAsync()
    {
        using var answer = await Author.Client.GetAsync("/v1/users/me", Ct);
        return (await answer.MustJsonAsync(Ct)).GetProperty("followers_count").GetInt64();
    }
}
