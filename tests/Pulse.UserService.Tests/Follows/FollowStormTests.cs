using System.Net;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Follows;

[Trait("Invariant", "28")]
public sealed class FollowStormTests(UsersFixture fixture)
{
    private const int Fans = 200;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_ManyFollowOneAtOnce_CountsEach()
    {
        var celebrity = await fixture.App.NewUserAsync(Ct);
        var fans = new List<TestUser>();
        while (fans.Count < Fans) fans.Add(await fixture.App.NewUserAsync(Ct));

        var answers = await Task.WhenAll(fans.Select(fan => SendAsync(fan, HttpMethod.Put, celebrity)));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        await AssertCountsAsync(celebrity);
        Assert.Equal(Fans, (await celebrity.Client.GetAsync<UserResponse>("/v1/users/me", Ct)).FollowersCount);
        var groups = fans.ConvertAll(fan => fan.Id.ToString());
        Assert.Equal(Fans, await fixture.App.QueryAsync(db => db.Outbox.CountAsync(message => groups.Contains(message.GroupKey) && message.Type == UserFollowed.Type, Ct)));
    }

    [Fact]
    public async Task Follow_EachOtherBackAndForth_NeverDeadlocks()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(number => (number % 4) switch
        {
            0 => SendAsync(bob, HttpMethod.Put, alice),
            1 => SendAsync(alice, HttpMethod.Put, bob),
            2 => SendAsync(bob, HttpMethod.Delete, alice),
            _ => SendAsync(alice, HttpMethod.Delete, bob),
        }));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        await AssertCountsAsync(bob);
        await AssertCountsAsync(alice);
        await AssertEventsMatchVersionsAsync(bob);
        await AssertEventsMatchVersionsAsync(alice);
    }

    private static async Task<HttpStatusCode> SendAsync(TestUser user, HttpMethod method, TestUser other)
    {
        using var request = new HttpRequestMessage(method, $"/v1/users/{other.Id}/follow");
        using var response = await user.Client.SendAsync(request, Ct);
        return response.StatusCode;
    }

    private Task<bool> AssertCountsAsync(TestUser user) => fixture.App.QueryAsync(async db =>
    {
        Assert.Equal(
            await db.Follows.CountAsync(follow => follow.FolloweeId == user.Id, Ct),
            await db.FollowerCounts.Where(count => count.UserId == user.Id).Select(count => count.Followers).SingleAsync(Ct));
        Assert.Equal(
            await db.Follows.CountAsync(follow => follow.FollowerId == user.Id, Ct),
            await db.Users.Where(row => row.Id == user.Id).Select(row => row.FollowingCount).SingleAsync(Ct));
        return true;
    });

    // Every version has exactly one event, and follow and unfollow of the one edge take turns.
    private Task<bool> AssertEventsMatchVersionsAsync(TestUser user) => fixture.App.QueryAsync(async db =>
    {
        var group = user.Id.ToString();
        var rows = await db.Outbox.Where(message => message.GroupKey == group).ToListAsync(Ct);
        var changes = rows.Select(row => EventEnvelope.Read(row.Body))
            .Select(envelope => (envelope.Type, Version: envelope.Type == UserFollowed.Type ? envelope.DataAs<UserFollowed>().Version : envelope.DataAs<UserUnfollowed>().Version))
            .OrderBy(change => change.Version)
            .ToList();
        var version = await db.Users.Where(row => row.Id == user.Id).Select(row => row.GraphVersion).SingleAsync(Ct);
        Assert.Equal(Enumerable.Range(2, (int)version - 1).Select(number => (long)number), changes.Select(change => change.Version));
        Assert.All(changes.Index(), change => Assert.Equal(change.Index % 2 == 0 ? UserFollowed.Type : UserUnfollowed.Type, change.Item.Type));
        return true;
    });
}
