using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Events;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Tests.Hosting;
using StackExchange.Redis;

namespace Pulse.UserService.Tests.Mutes;

[Trait("Invariant", "15")]
public sealed class MuteTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Mute_TwiceAlike_ChangesOnceAndOnlyTheMutersGraph()
    {
        var (bob, alice) = await FriendsAsync();

        var first = await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct);
        var second = await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct, new { });

        Assert.True(first is { Muting: true, Following: true });
        Assert.Equal(first, second);
        Assert.False((await alice.ProfileAsync(bob, Ct)).Relationship!.Muting);
        var muted = (await EventsAsync(bob)).Where(entry => entry.Type == UserMuted.Type).ToList();
        Assert.Equal(new UserMuted(bob.Id, alice.Id, Version: 3), Assert.Single(muted).DataAs<UserMuted>());
        Assert.Equal((3L, 1L), (await VersionAsync(bob), (await GraphAsync(alice)).Version));
        Assert.Equal([new Mute(alice.Id)], (await GraphAsync(bob)).Mutes!);
        Assert.Empty((await GraphAsync(alice)).Mutes!);
        Assert.Empty((await GraphAsync(bob)).Blocks!);
    }

    [Fact]
    public async Task Mute_Otherwise_ReplacesWithAVersionOfItsOwn()
    {
        var (bob, alice) = await FriendsAsync();
        var until = DateTimeOffset.FromUnixTimeMilliseconds((Now + TimeSpan.FromHours(1)).ToUnixTimeMilliseconds());

        await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct);
        await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct, new { until = until.AddTicks(9), reposts_only = true });
        await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct, new { until, reposts_only = true });

        Assert.Equal([new Mute(alice.Id, until, RepostsOnly: true)], (await GraphAsync(bob)).Mutes!);
        var last = (await EventsAsync(bob))[^1];
        Assert.Equal(new UserMuted(bob.Id, alice.Id, Version: 4, until, RepostsOnly: true), last.DataAs<UserMuted>());
        Assert.Equal([new Mute(alice.Id, until, RepostsOnly: true)], (await PageAsync(bob)).Mutes!);
    }

    [Fact]
    public async Task Unmute_Twice_ChangesOnce()
    {
        var (bob, alice) = await FriendsAsync();
        await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct);

        var first = await bob.RelateAsync(HttpMethod.Delete, "mute", alice, Ct);
        var second = await bob.RelateAsync(HttpMethod.Delete, "mute", alice, Ct);

        Assert.True(first is { Muting: false, Following: true });
        Assert.Equal(first, second);
        Assert.Equal(new UserUnmuted(bob.Id, alice.Id, Version: 4), (await EventsAsync(bob))[^1].DataAs<UserUnmuted>());
        Assert.Equal(4, await VersionAsync(bob));
        Assert.Empty((await GraphAsync(bob)).Mutes!);
    }

    [Fact]
    public async Task Mute_Timed_EndsByTheClockAlone()
    {
        var (bob, alice) = await FriendsAsync();

        var muted = await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct, new { until = Now + TimeSpan.FromSeconds(1.5) });
        Assert.True(muted.Muting);
        var version = await VersionAsync(bob);

        await Until.TrueAsync(async () => !(await bob.ProfileAsync(alice, Ct)).Relationship!.Muting, "the mute has ended", Ct);
        Assert.Empty((await GraphAsync(bob)).Mutes!);
        Assert.Empty((await PageAsync(bob)).Mutes!);
        Assert.Equal(version, (await GraphAsync(bob)).Version);
        // What is over does not gather: it goes with the next change.
        var carol = await fixture.App.NewUserAsync(Ct);
        await bob.RelateAsync(HttpMethod.Put, "mute", carol, Ct);
        Assert.Equal([carol.Id], await fixture.App.QueryAsync(db => db.Mutes.Where(mute => mute.MuterId == bob.Id).Select(mute => mute.MutedId).ToListAsync(Ct)));
    }

    [Fact]
    public async Task Mute_BesideABlock_OutlivesIt()
    {
        var (bob, alice) = await FriendsAsync();
        await bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct);

        Assert.True(await bob.RelateAsync(HttpMethod.Put, "block", alice, Ct) is { Blocking: true, Muting: true });
        Assert.True(await bob.RelateAsync(HttpMethod.Delete, "block", alice, Ct) is { Blocking: false, Muting: true });
    }

    [Fact]
    public async Task Mutes_AllAtOnce_TheNewestEventSaysWhatStands()
    {
        var (bob, alice) = await FriendsAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => number % 3 == 0
            ? bob.RelateAsync(HttpMethod.Delete, "mute", alice, Ct)
            : bob.RelateAsync(HttpMethod.Put, "mute", alice, Ct, new { reposts_only = number % 3 == 1 })));

        var newest = (await EventsAsync(bob))
            .Where(entry => entry.Type == UserMuted.Type || entry.Type == UserUnmuted.Type)
            .Select(entry => entry.Type == UserMuted.Type
                ? (entry.DataAs<UserMuted>().Version, Mute: new Mute(alice.Id, Until: null, entry.DataAs<UserMuted>().RepostsOnly))
                : (entry.DataAs<UserUnmuted>().Version, Mute: null))
            .MaxBy(change => change.Version);
        var graph = await GraphAsync(bob);
        Assert.Equal(newest.Mute is null ? [] : [newest.Mute], graph.Mutes!);
        Assert.Equal((newest.Version, newest.Version), (graph.Version, await VersionAsync(bob)));
    }

    [Theory]
    [InlineData("{\"until\":\"2020-01-01T00:00:00Z\"}", "until")]
    [InlineData("{\"until\":\"tomorrow\"}", "until")]
    [InlineData("{\"until\":5}", "until")]
    [InlineData("{\"reposts_only\":\"yes\"}", "reposts_only")]
    [InlineData("[]", "body")]
    [InlineData("{", "body")]
    public async Task Mute_WrongBody_Is400(string body, string field)
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        using var response = await bob.Client.PutAsync($"/v1/users/{alice.Id}/mute", Json.Body(body), Ct);

        var fields = field == "body" ? [] : new[] { field };
        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, fields);
        Assert.Empty(await EventsAsync(bob));
    }

    private async Task<(TestUser One, TestUser Other)> FriendsAsync()
    {
        var (one, other) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await one.FollowAsync(other, Ct);
        return (one, other);
    }

    private async Task<long> VersionAsync(TestUser user) =>
        (long)await fixture.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().StringGetAsync(UserKeys.GraphVersion(user.Id));

    private async Task<GraphSnapshot> GraphAsync(TestUser user)
    {
        using var client = fixture.App.Internal();
        return await client.GetAsync<GraphSnapshot>($"/internal/users/{user.Id}/graph", Ct);
    }

    private async Task<UserGraph> PageAsync(TestUser user)
    {
        using var client = fixture.App.Internal();
        return Assert.Single((await client.GetAsync<GraphPage>($"/internal/graphs?after={user.Id.Value - 1}&limit=1", Ct)).Graphs);
    }

    private async Task<List<EventEnvelope>> EventsAsync(TestUser user)
    {
        var group = user.Id.ToString();
        var rows = await fixture.App.QueryAsync(db => db.Outbox.Where(message => message.GroupKey == group).OrderBy(message => message.Id).ToListAsync(Ct));
        return rows.ConvertAll(row => EventEnvelope.Read(row.Body));
    }
}
