using System.Net;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Follows;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Follows;

[Trait("Invariant", "16")]
public sealed class FollowRequestTests(UsersFixture fixture)
{
    private static readonly RelationshipResponse Nothing = new(Following: false, FollowedBy: false, Requested: false, Blocking: false, BlockedBy: false, Muting: false);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follow_PrivateAccountTwice_AsksOnceAndFollowsNobody()
    {
        var (alice, bob) = await PrivateAsync();

        var first = await bob.FollowAsync(alice, Ct);
        var second = await bob.FollowAsync(alice, Ct);

        Assert.Equal(Nothing with { Requested = true }, first);
        Assert.Equal(first, second);
        Assert.Equal(first, (await bob.ProfileAsync(alice, Ct)).Relationship);
        Assert.Equal((0L, 0L), ((await bob.ProfileAsync(alice, Ct)).FollowersCount, (await alice.ProfileAsync(bob, Ct)).FollowingCount));
        var asked = Assert.Single(await EventsAsync(bob));
        Assert.Equal((bob.Id, alice.Id), (asked.DataAs<UserFollowRequested>().RequesterId, asked.DataAs<UserFollowRequested>().TargetId));
        Assert.Equal([bob.Id], await RequestersAsync(alice));
    }

    [Fact]
    public async Task Accept_Request_MakesTheFollowWithItsEvents()
    {
        var (alice, bob) = await PrivateAsync();
        await bob.FollowAsync(alice, Ct);

        Assert.Equal(HttpStatusCode.NoContent, await alice.AnswerAsync("accept", bob, Ct));
        Assert.Equal(HttpStatusCode.NoContent, await alice.AnswerAsync("accept", bob, Ct));

        Assert.Equal(Nothing with { Following = true }, (await bob.ProfileAsync(alice, Ct)).Relationship);
        Assert.Equal((1L, 1L), ((await bob.ProfileAsync(alice, Ct)).FollowersCount, (await alice.ProfileAsync(bob, Ct)).FollowingCount));
        Assert.Empty(await RequestersAsync(alice));
        var events = await EventsAsync(bob);
        Assert.Equal([UserFollowRequested.Type, UserFollowRequestEnded.Type, UserFollowed.Type], events.Select(entry => entry.Type));
        Assert.Equal(events[0].DataAs<UserFollowRequested>().RequestId, events[1].DataAs<UserFollowRequestEnded>().RequestId);
        var accepted = (await EventsAsync(alice)).Single(entry => entry.Type == UserFollowAccepted.Type);
        Assert.Equal(new UserFollowAccepted(bob.Id, alice.Id, Version: 2), accepted.DataAs<UserFollowAccepted>());
        // Follows that exist are not asked for again.
        Assert.Equal(Nothing with { Following = true }, await bob.FollowAsync(alice, Ct));
    }

    [Fact]
    public async Task Reject_Request_TakesItAwayAndItMayBeMadeAgain()
    {
        var (alice, bob) = await PrivateAsync();
        await bob.FollowAsync(alice, Ct);

        Assert.Equal(HttpStatusCode.NoContent, await alice.AnswerAsync("reject", bob, Ct));
        await AssertEndedAsync(bob);
        Assert.Equal(Nothing, (await bob.ProfileAsync(alice, Ct)).Relationship);
        Assert.Equal(HttpStatusCode.NotFound, await alice.AnswerAsync("reject", bob, Ct));
        Assert.Equal(HttpStatusCode.NotFound, await alice.AnswerAsync("accept", bob, Ct));

        Assert.True((await bob.FollowAsync(alice, Ct)).Requested);
        Assert.Equal([bob.Id], await RequestersAsync(alice));
    }

    [Fact]
    public async Task Unfollow_Request_WithdrawsIt()
    {
        var (alice, bob) = await PrivateAsync();
        await bob.FollowAsync(alice, Ct);

        Assert.Equal(Nothing, await bob.UnfollowAsync(alice, Ct));

        await AssertEndedAsync(bob);
        Assert.Empty(await RequestersAsync(alice));
        Assert.Equal(HttpStatusCode.NotFound, await alice.AnswerAsync("accept", bob, Ct));
        // His graph did not change by asking and thinking better of it.
        Assert.Equal(1, await fixture.App.QueryAsync(db => db.Users.Where(user => user.Id == bob.Id).Select(user => user.GraphVersion).SingleAsync(Ct)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Block_OfEither_RemovesRequestsBothWays(bool targetBlocks)
    {
        var (alice, bob) = await PrivateAsync();
        await bob.SetPrivateAsync(true, Ct);
        await bob.FollowAsync(alice, Ct);
        await alice.FollowAsync(bob, Ct);

        await (targetBlocks ? alice : bob).RelateAsync(HttpMethod.Put, "block", targetBlocks ? bob : alice, Ct);

        Assert.Empty(await RequestersAsync(alice));
        Assert.Empty(await RequestersAsync(bob));
        await AssertEndedAsync(alice);
        await AssertEndedAsync(bob);
        Assert.False((await bob.ProfileAsync(alice, Ct)).Relationship!.Requested);
        Assert.Equal(HttpStatusCode.NotFound, await alice.AnswerAsync("accept", bob, Ct));
        using var refused = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", content: null, Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.Forbidden, Ct);
    }

    [Fact]
    public async Task BecomePrivate_FollowersStayAndMayAlwaysRead()
    {
        var (alice, bob, carol) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await bob.FollowAsync(alice, Ct);

        await alice.SetPrivateAsync(true, Ct);

        Assert.True((await bob.ProfileAsync(alice, Ct)).Relationship!.Following);
        Assert.True((await carol.FollowAsync(alice, Ct)).Requested);
    }

    [Fact]
    public async Task BecomePublic_EverybodyWhoAskedFollows()
    {
        var (alice, bob) = await PrivateAsync();
        await bob.FollowAsync(alice, Ct);

        await alice.SetPrivateAsync(false, Ct);

        Assert.Equal(Nothing with { Following = true }, (await bob.ProfileAsync(alice, Ct)).Relationship);
        Assert.Empty(await RequestersAsync(alice));
    }

    [Fact]
    public async Task BecomePublic_MoreThanOneBatch_TheSweepAcceptsTheRest()
    {
        var alice = await fixture.App.NewUserAsync(Ct);
        await alice.SetPrivateAsync(true, Ct);
        const int Many = (PublicAccountSweep.Batch * 2) + 30;
        await fixture.App.QueryAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            WITH added AS (
                INSERT INTO users (id, username, email, display_name, bio, graph_version, following_count, created_at)
                SELECT {alice.Id.Value} + n, 'asker_' || {alice.Id.Value} || '_' || n, 'asker_' || {alice.Id.Value} || '_' || n || '@seed.invalid', 'x', '', 1, 0, now()
                FROM generate_series(1, {Many}) n RETURNING id),
            counted AS (INSERT INTO follower_counts (user_id, followers) SELECT id, 0 FROM added)
            INSERT INTO follow_requests (id, requester_id, target_id, created_at) SELECT id, id, {alice.Id.Value}, now() FROM added
            """,
            Ct));

        await alice.SetPrivateAsync(false, Ct);

        await Until.TrueAsync(
            async () => await fixture.App.QueryAsync(db => db.FollowRequests.CountAsync(request => request.TargetId == alice.Id, Ct)) == 0, "every request is accepted", Ct);
        Assert.Equal(Many, (await alice.Client.GetAsync<UserResponse>("/v1/users/me", Ct)).FollowersCount);
        Assert.Equal(Many, await fixture.App.QueryAsync(db => db.Follows.CountAsync(follow => follow.FolloweeId == alice.Id, Ct)));
    }

    /// <summary>Whichever way the account turns at the same moment, no request is left at a public one, and none stands beside its follow.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Follow_WhileTheAccountTurns_LeavesNoRequestAtAPublicOne(int seed)
    {
        var random = new Random(seed);
        var alice = await fixture.App.NewUserAsync(Ct);
        List<TestUser> fans = [];
        while (fans.Count < 8) fans.Add(await fixture.App.NewUserAsync(Ct));
        for (var round = 0; round < 12; round++)
        {
            await alice.SetPrivateAsync(true, Ct);
            var flip = random.Next(fans.Count);
            await Task.WhenAll(fans.Select(async (fan, index) =>
            {
                if (index == flip) await alice.SetPrivateAsync(false, Ct);
                await fan.FollowAsync(alice, Ct);
            }));

            Assert.True(await fixture.App.QueryAsync(db => db.FollowRequests.CountAsync(request => request.TargetId == alice.Id, Ct)) == 0, $"seed {seed}, round {round}");
            Assert.Equal(fans.Count, (await alice.Client.GetAsync<UserResponse>("/v1/users/me", Ct)).FollowersCount);
            await Task.WhenAll(fans.Select(fan => fan.UnfollowAsync(alice, Ct)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Requests_AnyLimit_WalkThemAllNewestFirst(int limit)
    {
        var alice = await fixture.App.NewUserAsync(Ct);
        await alice.SetPrivateAsync(true, Ct);
        List<TestUser> askers = [];
        for (var number = 0; number < 5; number++) askers.Add(await fixture.App.NewUserAsync(Ct));
        // Not in the order of their accounts.
        TestUser[] order = [askers[2], askers[0], askers[4], askers[1], askers[3]];
        foreach (var asker in order) await asker.FollowAsync(alice, Ct);

        Assert.Equal(order.Reverse().Select(asker => asker.Id), await RequestersAsync(alice, limit));
        using var bad = await alice.Client.GetAsync("/v1/follow-requests?cursor=nonsense&limit=0", Ct);
        await ProblemJson.AssertAsync(bad, HttpStatusCode.BadRequest, Ct, "cursor", "limit");
    }

    private async Task<(TestUser Alice, TestUser Bob)> PrivateAsync()
    {
        var (alice, bob) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await alice.SetPrivateAsync(true, Ct);
        return (alice, bob);
    }

    private static async Task<List<UserId>> RequestersAsync(TestUser user, int limit = 20)
    {
        List<UserId> walked = [];
        string? cursor = null;
        do
        {
            var page = await user.Client.GetAsync<UsersPage>($"/v1/follow-requests?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}", Ct);
            walked.AddRange(page.Users.Select(asker => asker.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return walked;
    }

    /// <summary>Whoever was told of the request is told that it ended.</summary>
    private async Task AssertEndedAsync(TestUser requester)
    {
        var events = await EventsAsync(requester);
        var asked = events.Where(entry => entry.Type == UserFollowRequested.Type).Select(entry => entry.DataAs<UserFollowRequested>()).ToList();
        var ended = events.Where(entry => entry.Type == UserFollowRequestEnded.Type).Select(entry => entry.DataAs<UserFollowRequestEnded>());
        Assert.Equal(asked.Select(request => (request.TargetId, request.RequestId)), ended.Select(request => (request.TargetId, (long?)request.RequestId)));
        Assert.NotEmpty(asked);
    }

    private async Task<List<EventEnvelope>> EventsAsync(TestUser user)
    {
        var group = user.Id.ToString();
        var rows = await fixture.App.QueryAsync(db => db.Outbox.Where(message => message.GroupKey == group).OrderBy(message => message.Id).ToListAsync(Ct));
        return rows.ConvertAll(row => EventEnvelope.Read(row.Body));
    }
}
