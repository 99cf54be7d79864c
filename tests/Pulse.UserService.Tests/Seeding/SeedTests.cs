using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts;
using Pulse.Contracts.Events;
using Pulse.UserService.Profiles;
using Pulse.UserService.Seeding;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Seeding;

public sealed class SeedTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SeedFollowers_Repeated_RaisesToTheCount()
    {
        var celebrity = await fixture.App.NewUserAsync(Ct);

        Assert.Equal(new SeedFollowersResponse(520, 520), await SeedAsync(celebrity, 520));
        Assert.Equal(new SeedFollowersResponse(0, 520), await SeedAsync(celebrity, 520));
        Assert.Equal(new SeedFollowersResponse(10, 530), await SeedAsync(celebrity, 530));

        var me = await celebrity.Client.GetAsync<UserResponse>("/v1/users/me", Ct);
        Assert.True(me is { IsCelebrity: true, FollowersCount: 530 });
        Assert.Equal(530, await fixture.App.QueryAsync(db => db.Follows.CountAsync(follow => follow.FolloweeId == celebrity.Id, Ct)));
        var mention = $"\"followee_id\":\"{celebrity.Id}\"";
        Assert.Equal(530, await fixture.App.QueryAsync(db => db.Outbox.CountAsync(row => row.Type == UserFollowed.Type && row.Body.Contains(mention), Ct)));
    }

    private async Task<SeedFollowersResponse> SeedAsync(TestUser user, int count)
    {
        using var client = fixture.App.Internal();
        using var response = await client.PostAsJsonAsync("/internal/seed/followers", new SeedFollowersRequest(user.Id, count), PulseJson.Options, Ct);
        return await response.ReadAsync<SeedFollowersResponse>(Ct);
    }
}
