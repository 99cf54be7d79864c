using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Messaging.Outbox;
using Pulse.TestInfrastructure;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Follows;

public sealed class FollowTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_Twice_ChangesOnce()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        var first = await FollowAsync(bob, alice.Id);
        var second = await FollowAsync(bob, alice.Id);

        Assert.Equal(new RelationshipResponse(Following: true, FollowedBy: false, Requested: false, Blocking: false, BlockedBy: false, Muting: false), first);
        Assert.Equal(first, second);
        Assert.Equal(1, (await UserAsync(alice.Id)).FollowersCount);
        Assert.Equal(1, (await UserAsync(bob.Id)).FollowingCount);
        var followed = Assert.Single(await EventsAsync(bob.Id));
        Assert.Equal(UserFollowed.Type, followed.Type);
        Assert.Equal(Topics.UserEvents, followed.Topic);
        var data = followed.Data.DataAs<UserFollowed>();
        Assert.Equal((bob.Id, alice.Id, 2L), (data.FollowerId, data.FolloweeId, data.Version));
    }

    [Fact]
    public async Task Unfollow_Twice_ChangesOnce()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await FollowAsync(bob, alice.Id);

        var first = await UnfollowAsync(bob, alice.Id);
        var second = await UnfollowAsync(bob, alice.Id);

        Assert.False(first.Following);
        Assert.Equal(first, second);
        Assert.Equal(0, (await UserAsync(alice.Id)).FollowersCount);
        Assert.Equal(0, (await UserAsync(bob.Id)).FollowingCount);
        var events = await EventsAsync(bob.Id);
        Assert.Equal([UserFollowed.Type, UserUnfollowed.Type], events.Select(entry => entry.Type));
        Assert.Equal(3, events[1].Data.DataAs<UserUnfollowed>().Version);
    }

    [Fact]
    public async Task Follow_Back_ShowsBothDirections()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await FollowAsync(bob, alice.Id);

        var relationship = await FollowAsync(alice, bob.Id);

        Assert.True(relationship is { Following: true, FollowedBy: true });
        var seen = await bob.Client.GetAsync<UserResponse>($"/v1/users/{alice.Id}", Ct);
        Assert.True(seen.Relationship is { Following: true, FollowedBy: true });
    }

    [Fact]
    public async Task Follow_Committed_ReachesTheBus()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        await FollowAsync(bob, alice.Id);

        await Until.TrueAsync(
            () => fixture.App.Bus.Published.Any(entry => entry.Topic == Topics.UserEvents && entry.Message.GroupKey == bob.Id.ToString()),
            "the event is published",
            Ct);
    }

    private static async Task<RelationshipResponse> FollowAsync(TestUser user, UserId other)
    {
        using var response = await user.Client.PutAsync($"/v1/users/{other}/follow", content: null, Ct);
        return await response.ReadAsync<RelationshipResponse>(Ct);
    }

    private static async Task<RelationshipResponse> UnfollowAsync(TestUser user, UserId other)
    {
        using var response = await user.Client.DeleteAsync($"/v1/users/{other}/follow", Ct);
        return await response.ReadAsync<RelationshipResponse>(Ct);
    }

    private async Task<UserResponse> UserAsync(UserId id)
    {
        using var client = fixture.App.Anonymous();
        return await client.GetAsync<UserResponse>($"/v1/users/{id}", Ct);
    }

    private async Task<List<(string Type, string Topic, EventEnvelope Data)>> EventsAsync(UserId follower)
    {
        var group = follower.ToString();
        var rows = await fixture.App.QueryAsync(db => db.Outbox.Where(message => message.GroupKey == group).OrderBy(message => message.Id).ToListAsync(Ct));
        return [.. rows.Select(row => (row.Type, row.Topic, EventEnvelope.Read(row.Body)))];
    }
}
