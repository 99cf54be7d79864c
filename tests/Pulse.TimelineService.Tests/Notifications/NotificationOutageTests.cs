using System.Net;
using Pulse.Contracts.Api;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.Notifications;

/// <summary>What can be told while something is away.</summary>
[Trait("Invariant", "30")]
public sealed class NotificationOutageTests(FeedApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_RedisAway_IsWholeAndSaysSo()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var me = await MadeAsync(app);
        await app.Redis.KillAsync(Ct);

        var page = await me.NotificationsAsync(Ct);

        Assert.Equal(["mention", "like", "follow"], page.Kinds);
        Assert.Equal(3, page.Unread);
        Assert.Equal(["cache"], page.Degraded);
    }

    [Theory]
    [InlineData(nameof(Health.Refused))]
    [InlineData(nameof(Health.Unavailable))]
    [InlineData(nameof(Health.Silent))]
    public async Task Get_PostServiceAway_LeavesOutWhatIsAboutPostsNobodyHas(string way)
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var me = await MadeAsync(app);
        app.Posts.Health = Enum.Parse<Health>(way);

        var page = await me.NotificationsAsync(Ct);
        Assert.Equal(["follow"], page.Kinds);
        Assert.Equal(1, page.Unread);
        Assert.Equal(["posts"], page.Degraded);

        app.Posts.Health = Health.Up;
        await Until.TrueAsync(async () => await me.NotificationsAsync(Ct) is { Unread: 3, Degraded: [] }, "everything is told again", Ct);
    }

    [Theory]
    [InlineData("posts")]
    [InlineData("graph")]
    public async Task Get_OwnerAwayAndItsValuesAtHand_IsWholeAndSaysSo(string away)
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var me = await MadeAsync(app);
        await app.World.CacheSnapshotsAsync();
        if (away == "posts") app.Posts.Health = Health.Refused;
        else app.Users.Health = Health.Refused;

        var page = await me.NotificationsAsync(Ct);

        Assert.Equal(["mention", "like", "follow"], page.Kinds);
        Assert.Equal([away], page.Degraded);
    }

    /// <summary>Nobody can tell whether a stranger is suspended, or private: only who is followed is shown.</summary>
    [Fact]
    public async Task Get_UserServiceAwayAndNoCards_TellsOfWhomTheReaderFollows()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (me, friend) = (await MadeAsync(app), app.NewUser());
        await app.World.FollowAsync(me, friend, Ct);
        await app.TellAsync(me, friend, NotificationKind.Follow, Ct);
        app.Users.Health = Health.Unavailable;

        var page = await me.NotificationsAsync(Ct);

        Assert.Equal([friend.Id], Assert.Single(page.Notifications).Actors);
        Assert.Equal(["graph"], page.Degraded);
    }

    /// <summary>The block is handled and the cached graph is of before it.</summary>
    [Fact]
    [Trait("Invariant", "15")]
    public async Task Get_BlockedBeforeUserServiceWentAway_IsHidden()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (me, ada) = (app.NewUser(), app.NewUser());
        await app.TellAsync(me, ada, NotificationKind.Follow, Ct);
        Assert.Equal(1, (await me.NotificationsAsync(Ct)).Unread);

        await app.World.BlockAsync(me, ada, Ct);
        await app.World.ChangeCardAsync(ada, card => card);
        app.Users.Health = Health.Refused;

        Assert.Equal(0, (await me.NotificationsAsync(Ct)).Unread);
        Assert.Empty((await me.NotificationsAsync(Ct)).Notifications);
    }

    [Fact]
    public async Task Calls_PostgresAway_Are503UntilItIsBack()
    {
        await using var app = await FeedApp.CreateAsync();
        var me = await MadeAsync(app);
        var newest = (await me.NotificationsAsync(Ct)).Notifications[0].Id;
        await app.Postgres.KillAsync(Ct);

        using (var away = await me.GetNotificationsAsync("", Ct)) await AssertAwayAsync(away);
        using (var content = new StringContent($$"""{"up_to":"{{newest}}"}""", System.Text.Encoding.UTF8, "application/json"))
        using (var away = await me.Client.PostAsync(new Uri("/v1/notifications/read", UriKind.Relative), content, Ct)) await AssertAwayAsync(away);

        await app.Postgres.StartAsync(Ct);
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await me.GetNotificationsAsync("", Ct);
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "notifications are told again",
            Ct);
        await me.ReadUpToAsync(newest, Ct);
        Assert.Equal(0, (await me.NotificationsAsync(Ct)).Unread);
    }

    /// <returns>Somebody who was followed, liked and mentioned.</returns>
    private static async Task<TestUser> MadeAsync(FeedApp app)
    {
        var (me, ada) = (app.NewUser(), app.NewUser());
        await app.TellAsync(me, ada, NotificationKind.Follow, Ct);
        await app.LikeAsync(ada, me, app.World.CommitPost(me), Ct);
        await app.TellAsync(me, ada, NotificationKind.Mention, Ct, app.World.CommitPost(ada));
        return me;
    }

    private static async Task AssertAwayAsync(HttpResponseMessage answer)
    {
        await ProblemJson.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.NotNull(answer.Headers.RetryAfter);
    }
}
