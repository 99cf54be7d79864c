using System.Net;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Internal;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Follows;

/// <summary>Who wants to be told of every post of somebody.</summary>
public sealed class NotifyTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_WithAndWithoutTheFlag_ChangesItOnlyWhenItIsGiven()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        Assert.True(await bob.FollowAsync(alice, Ct) is { Following: true, Notifying: false });
        Assert.True(await bob.FollowAsync(alice, notify: true, Ct) is { Following: true, Notifying: true });
        Assert.True(await bob.FollowAsync(alice, Ct) is { Following: true, Notifying: true });
        Assert.True(await bob.FollowAsync(alice, notify: null, Ct) is { Following: true, Notifying: true });
        Assert.True(await bob.FollowAsync(alice, notify: true, Ct) is { Following: true, Notifying: true });
        Assert.True(await bob.FollowAsync(alice, notify: false, Ct) is { Following: true, Notifying: false });

        Assert.Equal(1, (await bob.ProfileAsync(alice, Ct)).FollowersCount);
        Assert.False((await alice.ProfileAsync(bob, Ct)).Relationship!.Notifying);
    }

    [Fact]
    public async Task Follow_FlagChanges_IsANewVersionOfTheSameFollow()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        await bob.FollowAsync(alice, notify: true, Ct);
        await bob.FollowAsync(alice, notify: false, Ct);
        await bob.FollowAsync(alice, notify: false, Ct);

        var events = await EventsAsync<UserFollowed>(bob);
        Assert.Equal([(2L, true, true), (3L, false, false)], events.Select(followed => (followed.Version, followed.Notify, followed.Began)));
        Assert.Equal(events[0].Since, events[1].Since);
    }

    [Fact]
    public async Task Unfollow_AndFollowAgain_IsNotFlagged()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await bob.FollowAsync(alice, notify: true, Ct);

        Assert.False((await bob.UnfollowAsync(alice, Ct)).Notifying);
        Assert.True(await bob.FollowAsync(alice, Ct) is { Following: true, Notifying: false });
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    public async Task Request_WithTheFlag_KeepsItWhenItIsAccepted(bool asked, bool? changed, bool expected)
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await alice.SetPrivateAsync(true, Ct);

        Assert.True(await bob.FollowAsync(alice, asked, Ct) is { Requested: true, Following: false });
        var relationship = await bob.FollowAsync(alice, changed, Ct);
        Assert.Equal((true, expected), (relationship.Requested, relationship.Notifying));
        Assert.Equal(HttpStatusCode.NoContent, await alice.AnswerAsync("accept", bob, Ct));

        relationship = (await bob.ProfileAsync(alice, Ct)).Relationship!;
        Assert.Equal((true, expected), (relationship.Following, relationship.Notifying));
        Assert.Equal(expected, Assert.Single(await EventsAsync<UserFollowed>(bob)).Notify);
    }

    [Fact]
    public async Task BecomePublic_RequestWithTheFlag_KeepsIt()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await alice.SetPrivateAsync(true, Ct);
        await bob.FollowAsync(alice, notify: true, Ct);

        await alice.SetPrivateAsync(false, Ct);

        Assert.True((await bob.ProfileAsync(alice, Ct)).Relationship is { Following: true, Notifying: true });
    }

    [Fact]
    public async Task Follow_FlagTurnedByManyAtOnce_EveryEventIsAVersionOfItsOwn()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => bob.FollowAsync(alice, notify: number % 2 == 0, Ct)));

        var events = await EventsAsync<UserFollowed>(bob);
        Assert.Equal(events.Select(followed => followed.Version).Distinct().Count(), events.Count);
        var newest = events.MaxBy(followed => followed.Version)!;
        Assert.Equal(newest.Notify, (await bob.ProfileAsync(alice, Ct)).Relationship!.Notifying);
        Assert.Equal(1, (await bob.ProfileAsync(alice, Ct)).FollowersCount);
    }

    [Fact]
    public async Task ListGraphs_FlaggedFollows_AreTold()
    {
        var (bob, alice, carol) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await bob.FollowAsync(alice, notify: true, Ct);
        await bob.FollowAsync(carol, Ct);
        using var client = fixture.App.Internal();

        var graph = Assert.Single((await client.GetAsync<GraphPage>($"/internal/graphs?after={bob.Id.Value - 1}&limit=1", Ct)).Graphs);

        Assert.Equal([alice.Id], graph.Notifying!);
        Assert.Equal([alice.Id, carol.Id], graph.Followees.Select(followee => followee.Id));
    }

    [Theory]
    [InlineData("{\"notify\":\"yes\"}", "notify")]
    [InlineData("{\"notify\":1}", "notify")]
    [InlineData("[]", "body")]
    public async Task Follow_UnreadableBody_Is400(string body, string field)
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        using var response = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", Json.Body(body), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, field);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"notify\":null,\"else\":1}")]
    public async Task Follow_BodyThatSaysNothing_IsAPlainFollow(string body)
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        using var response = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", Json.Body(body), Ct);

        Assert.True(await response.ReadAsync<RelationshipResponse>(Ct) is { Following: true, Notifying: false });
    }

    private async Task<List<TEvent>> EventsAsync<TEvent>(TestUser user)
        where TEvent : IEvent
    {
        var (group, type) = (user.Id.ToString(), TEvent.Type);
        var rows = await fixture.App.QueryAsync(
            db => db.Outbox.Where(message => message.GroupKey == group && message.Type == type).OrderBy(message => message.Id).ToListAsync(Ct));
        return rows.ConvertAll(row => EventEnvelope.Read(row.Body).DataAs<TEvent>());
    }
}
