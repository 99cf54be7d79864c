using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure;
using Pulse.UserService.Counts;
using Pulse.UserService.Data;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Counts;

[Trait("Invariant", "28")]
public sealed class CountDriftTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recount_CountsThatLie_AreMendedAndTold()
    {
        var (star, fan, calm) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await FollowAsync(fan, star);
        await fixture.App.QueryAsync(db => db.Database.ExecuteSqlAsync($"UPDATE follower_counts SET followers = 7 WHERE user_id = {star.Id.Value}", Ct));
        await fixture.App.QueryAsync(db => db.Database.ExecuteSqlAsync($"UPDATE users SET following_count = 0 WHERE id = {fan.Id.Value}", Ct));

        var drifted = await RecountAsync(star, fan, calm);

        Assert.Equal([new DriftedCount(star.Id, Followers: -6, Following: 0), new DriftedCount(fan.Id, Followers: 0, Following: 1)], drifted);
        Assert.Equal((1, 0), await CountsAsync(star));
        Assert.Equal((0, 1), await CountsAsync(fan));
        Assert.Equal((0, 0), await CountsAsync(calm));
        Assert.Empty(await RecountAsync(star, fan, calm));
    }

    [Fact]
    public async Task Recount_AmongFollows_FindsNothing()
    {
        var star = await fixture.App.NewUserAsync(Ct);
        List<TestUser> fans = [];
        while (fans.Count < 20) fans.Add(await fixture.App.NewUserAsync(Ct));

        var follows = Task.WhenAll(fans.Select(async fan =>
        {
            for (var turn = 0; turn < 5; turn++)
            {
                await FollowAsync(fan, star);
                await UnfollowAsync(fan, star);
            }
        }));
        do
        {
            Assert.Empty(await RecountAsync([star, .. fans]));
        }
        while (!follows.IsCompleted);

        await follows;
        Assert.Equal((0, 0), await CountsAsync(star));
    }

    [Fact]
    public async Task Follow_CountInOtherHands_IsCountedAtOnceAndFoldedAfterwards()
    {
        var (star, fan) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await using var holder = fixture.App.Services.CreateAsyncScope();
        var db = holder.ServiceProvider.GetRequiredService<UserDbContext>();
        await using (await db.Database.BeginTransactionAsync(Ct))
        {
            await db.Database.ExecuteSqlAsync($"SELECT FROM follower_counts WHERE user_id = {star.Id.Value} FOR UPDATE", Ct);

            await FollowAsync(fan, star);

            Assert.Equal((1, 0), await CountsAsync(star));
            Assert.Equal(1, await UnfoldedAsync(star));
        }

        await Until.TrueAsync(async () => await UnfoldedAsync(star) == 0, "the step is folded", Ct);
        Assert.Equal((1, 0), await CountsAsync(star));
    }

    private static async Task FollowAsync(TestUser fan, TestUser star) => (await fan.Client.PutAsync($"/v1/users/{star.Id}/follow", content: null, Ct)).EnsureSuccessStatusCode();

    private static async Task UnfollowAsync(TestUser fan, TestUser star) => (await fan.Client.DeleteAsync($"/v1/users/{star.Id}/follow", Ct)).EnsureSuccessStatusCode();

    // Accounts are made in order of id, and other tests make some in between: pages until the last of these.
    private async Task<IReadOnlyList<DriftedCount>> RecountAsync(params TestUser[] users)
    {
        await using var scope = fixture.App.Services.CreateAsyncScope();
        var drift = scope.ServiceProvider.GetRequiredService<CountDrift>();
        var ids = users.Select(user => user.Id).ToHashSet();
        List<DriftedCount> found = [];
        for (UserId? after = new UserId(users[0].Id.Value - 1); after is { } last && last.Value < users[^1].Id.Value;)
        {
            (after, var drifted) = await drift.RecountAsync(last, 100, Ct);
            found.AddRange(drifted.Where(user => ids.Contains(user.User)));
        }

        return found;
    }

    private Task<int> UnfoldedAsync(TestUser user) => fixture.App.QueryAsync(db => db.FollowerCountDeltas.CountAsync(delta => delta.UserId == user.Id, Ct));

    private Task<(long Followers, long Following)> CountsAsync(TestUser user) => fixture.App.QueryAsync(async db => (
        await db.FollowerCounts.Where(count => count.UserId == user.Id).Select(count => count.Followers).SingleAsync(Ct),
        await db.Users.Where(row => row.Id == user.Id).Select(row => row.FollowingCount).SingleAsync(Ct)));
}
