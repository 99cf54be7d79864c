using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;
using StackExchange.Redis;

namespace Pulse.UserService.Tests.Blocks;

[Trait("Invariant", "15")]
public sealed class BlockTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IDatabase Redis => fixture.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    [Fact]
    public async Task Block_BothFollowEachOther_EndsBothFollowsAndShowsFromBothSides()
    {
        var (bob, alice) = await FriendsAsync();

        var relationship = await SendAsync(bob, HttpMethod.Put, "block", alice);

        Assert.Equal(new RelationshipResponse(Following: false, FollowedBy: false, Requested: false, Blocking: true, BlockedBy: false, Muting: false), relationship);
        var (seen, seeing) = (await ProfileAsync(alice, bob), await ProfileAsync(bob, alice));
        Assert.Equal(new RelationshipResponse(Following: false, FollowedBy: false, Requested: false, Blocking: false, BlockedBy: true, Muting: false), seen.Relationship);
        Assert.Equal(relationship, seeing.Relationship);
        Assert.Equal((0, 0, 0, 0), (seen.FollowersCount, seen.FollowingCount, seeing.FollowersCount, seeing.FollowingCount));
    }

    [Fact]
    public async Task Block_Twice_ChangesOnceWithAllItsEvents()
    {
        var (bob, alice) = await FriendsAsync();

        var first = await SendAsync(bob, HttpMethod.Put, "block", alice);
        var second = await SendAsync(bob, HttpMethod.Put, "block", alice);

        Assert.Equal(first, second);
        var (bobs, alices) = (await EventsAsync(bob), await EventsAsync(alice));
        Assert.Equal([UserFollowed.Type, UserUnfollowed.Type, UserBlocked.Type], bobs.Select(entry => entry.Type));
        Assert.Equal([UserFollowed.Type, UserUnfollowed.Type], alices.Select(entry => entry.Type));
        Assert.Equal(new UserUnfollowed(bob.Id, alice.Id, Version: 3), bobs[1].DataAs<UserUnfollowed>());
        Assert.Equal(new UserUnfollowed(alice.Id, bob.Id, Version: 3), alices[1].DataAs<UserUnfollowed>());
        Assert.Equal(new UserBlocked(bob.Id, alice.Id, Version: 3, BlockedVersion: 3), bobs[2].DataAs<UserBlocked>());
        await AssertVersionsAsync(3, bob, alice);
    }

    [Fact]
    public async Task Unblock_Twice_ChangesOnceAndRestoresNoFollow()
    {
        var (bob, alice) = await FriendsAsync();
        await SendAsync(bob, HttpMethod.Put, "block", alice);

        var first = await SendAsync(bob, HttpMethod.Delete, "block", alice);
        var second = await SendAsync(bob, HttpMethod.Delete, "block", alice);

        Assert.Equal(new RelationshipResponse(Following: false, FollowedBy: false, Requested: false, Blocking: false, BlockedBy: false, Muting: false), first);
        Assert.Equal(first, second);
        var events = await EventsAsync(bob);
        Assert.Equal(UserUnblocked.Type, events[3].Type);
        Assert.Equal(new UserUnblocked(bob.Id, alice.Id, Version: 4, BlockedVersion: 4), events[3].DataAs<UserUnblocked>());
        Assert.Equal(4, events.Count);
        await AssertVersionsAsync(4, bob, alice);
    }

    [Fact]
    public async Task Follow_WhileEitherBlocks_Is403UntilNobodyDoes()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await SendAsync(bob, HttpMethod.Put, "block", alice);
        await SendAsync(alice, HttpMethod.Put, "block", bob);
        await AssertRefusedAsync(bob, alice);
        await AssertRefusedAsync(alice, bob);

        await SendAsync(bob, HttpMethod.Delete, "block", alice);
        await AssertRefusedAsync(bob, alice);
        await AssertRefusedAsync(alice, bob);

        await SendAsync(alice, HttpMethod.Delete, "block", bob);
        Assert.True((await SendAsync(bob, HttpMethod.Put, "follow", alice)).Following);
        Assert.True((await SendAsync(alice, HttpMethod.Put, "follow", bob)).Following);
    }

    [Fact]
    public async Task Unfollow_WhileBlocked_ChangesNothing()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await SendAsync(bob, HttpMethod.Put, "block", alice);

        var relationship = await SendAsync(alice, HttpMethod.Delete, "follow", bob);

        Assert.True(relationship is { Following: false, BlockedBy: true });
        Assert.Empty(await EventsAsync(alice));
    }

    [Fact]
    public async Task GetGraph_WithBlocks_NamesThemFromBothSides()
    {
        var (bob, alice, carol) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await SendAsync(bob, HttpMethod.Put, "follow", carol);
        await SendAsync(bob, HttpMethod.Put, "block", alice);
        await SendAsync(carol, HttpMethod.Put, "block", alice);

        var (bobs, alices) = (await GraphAsync(bob), await GraphAsync(alice));

        Assert.Equal([carol.Id], bobs.Followees.Select(followee => followee.Id));
        Assert.Equal([alice.Id], bobs.Blocks!);
        Assert.Empty(bobs.BlockedBy!);
        Assert.Empty(alices.Blocks!);
        Assert.Equal([bob.Id, carol.Id], alices.BlockedBy!);
        Assert.Equal((3, 3), (bobs.Version, alices.Version));
    }

    private static async Task<RelationshipResponse> SendAsync(TestUser user, HttpMethod method, string call, TestUser other)
    {
        using var request = new HttpRequestMessage(method, $"/v1/users/{other.Id}/{call}");
        using var response = await user.Client.SendAsync(request, Ct);
        return await response.ReadAsync<RelationshipResponse>(Ct);
    }

    private static async Task AssertRefusedAsync(TestUser user, TestUser other)
    {
        using var response = await user.Client.PutAsync($"/v1/users/{other.Id}/follow", content: null, Ct);
        await ProblemJson.AssertAsync(response, HttpStatusCode.Forbidden, Ct);
    }

    private static Task<UserResponse> ProfileAsync(TestUser viewer, TestUser other) => viewer.Client.GetAsync<UserResponse>($"/v1/users/{other.Id}", Ct);

    private async Task<(TestUser One, TestUser Other)> FriendsAsync()
    {
        var (one, other) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await SendAsync(one, HttpMethod.Put, "follow", other);
        await SendAsync(other, HttpMethod.Put, "follow", one);
        return (one, other);
    }

    private async Task<GraphSnapshot> GraphAsync(TestUser user)
    {
        using var client = fixture.App.Internal();
        return await client.GetAsync<GraphSnapshot>($"/internal/users/{user.Id}/graph", Ct);
    }

    private async Task AssertVersionsAsync(long version, params TestUser[] users)
    {
        foreach (var user in users) Assert.Equal(version, (long)await Redis.StringGetAsync(UserKeys.GraphVersion(user.Id)));
    }

    private async Task<List<EventEnvelope>> EventsAsync(TestUser user)
    {
        var group = user.Id.ToString();
        var rows = await fixture.App.QueryAsync(db => db.Outbox.Where(message => message.GroupKey == group).OrderBy(message => message.Id).ToListAsync(Ct));
        return rows.ConvertAll(row => EventEnvelope.Read(row.Body));
    }
}
