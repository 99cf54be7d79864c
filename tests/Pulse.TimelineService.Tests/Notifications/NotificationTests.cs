using System.Net;
using System.Net.Http.Json;
using System.Text;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.Paging;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.TimelineService.Tests.Notifications;

public sealed class NotificationTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> BadQueries => new()
    {
        { "?limit=0", "limit" },
        { "?limit=101", "limit" },
        { "?limit=x", "limit" },
        { "?cursor=", "cursor" },
        { "?cursor=abc", "cursor" },
        { $"?cursor={new KeysetCursor(5).Encode()}", "cursor" },
        { $"?cursor={new FeedCursor(new PostId(5), new PostId(6)).Encode()}&limit=0", "cursor,limit" },
    };

    [Fact]
    public async Task Get_EveryKind_IsShownWithItsPost()
    {
        var (me, ada) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(me, ada, Ct);
        var mine = app.World.CommitPost(me);
        var (mention, reply, post) = (app.World.CommitPost(ada), app.World.CommitPost(ada, inReplyTo: mine), app.World.CommitPost(ada));
        var quote = await app.World.QuoteAsync(ada, mine, Ct);
        app.Posts.Counts[mine] = new PostCounts(mine, Likes: 4);
        app.Posts.Marks[me.Id] = new MarksResponse(1, [new PostMarks(mention, Liked: true)]);
        foreach (var kind in (NotificationKind[])[NotificationKind.Follow, NotificationKind.FollowRequest, NotificationKind.FollowAccepted]) await app.TellAsync(me, ada, kind, Ct);
        await app.TellAsync(me, ada, NotificationKind.Mention, Ct, mention);
        await app.TellAsync(me, ada, NotificationKind.Reply, Ct, reply);
        await app.TellAsync(me, ada, NotificationKind.Quote, Ct, quote);
        await app.TellAsync(me, ada, NotificationKind.Repost, Ct, mine);
        await app.LikeAsync(ada, me, mine, Ct);
        await app.TellAsync(me, ada, NotificationKind.Post, Ct, post);

        var page = await me.NotificationsAsync(Ct);

        Assert.Equal(["post", "like", "repost", "quote", "reply", "mention", "follow_accepted", "follow_request", "follow"], page.Kinds);
        Assert.Equal(new PostId?[] { post, mine, mine, quote, reply, mention, null, null, null }, page.Notifications.Select(notification => notification.Post));
        Assert.All(page.Notifications, notification => Assert.True(notification is { Read: false, ActorsCount: 1 } && notification.Actors.SequenceEqual([ada.Id])));
        Assert.Equal((9, false, null), (page.Unread, page.HasMore, page.NextCursor));
        Assert.Empty(page.Degraded);
        Assert.Equal(4, page.Notifications[1].Json.GetProperty("post").GetProperty("likes_count").GetInt64());
        Assert.Equal($"{mine}", page.Notifications[3].Json.GetProperty("post").GetProperty("quote_of").GetProperty("id").GetString());
        Assert.True(page.Notifications[5].Json.GetProperty("post").GetProperty("liked").GetBoolean());
        Assert.Equal($"Display of {ada.Id}", page.Notifications[0].Json.GetProperty("actors")[0].GetProperty("display_name").GetString());
        Assert.True(page.Notifications[0].Json.GetProperty("created_at").GetDateTimeOffset() > TimeProvider.System.GetUtcNow().AddMinutes(-1));
        Assert.False(page.Notifications[8].Json.TryGetProperty("post", out _));
    }

    [Fact]
    public async Task Get_ManyLikes_ShowsTheNewestThreeAndHowManyThereAre()
    {
        var me = app.NewUser();
        var mine = app.World.CommitPost(me);
        TestUser[] likers = [.. Enumerable.Range(0, 7).Select(_ => app.NewUser())];
        foreach (var liker in likers) await app.LikeAsync(liker, me, mine, Ct);

        var like = Assert.Single((await me.NotificationsAsync(Ct)).Notifications);
        Assert.Equal(likers.Reverse().Take(3).Select(liker => liker.Id), like.Actors);
        Assert.Equal(7, like.ActorsCount);

        await app.UnlikeAsync(likers[6], me, mine, Ct);
        like = Assert.Single((await me.NotificationsAsync(Ct)).Notifications);
        Assert.Equal((likers[5].Id, 6), (like.Actors[0], like.ActorsCount));
    }

    [Fact]
    public async Task Read_UpToOne_LeavesWhatCameLaterUnread()
    {
        var (me, ada, bob, eve) = (app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser());
        var (one, two) = (app.World.CommitPost(me), app.World.CommitPost(me));
        await app.LikeAsync(ada, me, one, Ct);
        await app.LikeAsync(ada, me, two, Ct);
        var seen = await me.NotificationsAsync(Ct);
        Assert.Equal(2, seen.Unread);

        // He joins while the reader looks.
        await app.LikeAsync(bob, me, one, Ct);
        await me.ReadUpToAsync(seen.Notifications[0].Id, Ct);
        var page = await me.NotificationsAsync(Ct);
        Assert.Equal([(one, false), (two, true)], page.Notifications.Select(notification => (notification.Post!.Value, notification.Read)));
        Assert.Equal(1, page.Unread);

        await me.ReadUpToAsync(seen.Notifications[1].Id, Ct);
        Assert.Equal(1, (await me.NotificationsAsync(Ct)).Unread);
        await me.ReadUpToAsync(page.Notifications[0].Id, Ct);
        Assert.Equal(0, (await me.NotificationsAsync(Ct)).Unread);

        // What was read is not told again with what is new.
        await app.LikeAsync(eve, me, one, Ct);
        page = await me.NotificationsAsync(Ct);
        Assert.Equal([(1, false), (2, true), (1, true)], page.Notifications.Select(notification => (notification.ActorsCount, notification.Read)));
        Assert.Equal(1, page.Unread);
    }

    /// <summary>The unread one is taken back, and what is left was read.</summary>
    [Fact]
    public async Task Get_NewestActorTookItBack_IsReadAgain()
    {
        var (me, ada, bob) = (app.NewUser(), app.NewUser(), app.NewUser());
        var mine = app.World.CommitPost(me);
        await app.LikeAsync(ada, me, mine, Ct);
        var seen = (await me.NotificationsAsync(Ct)).Notifications[0].Id;
        await app.LikeAsync(bob, me, mine, Ct);
        await me.ReadUpToAsync(seen, Ct);
        Assert.Equal(1, (await me.NotificationsAsync(Ct)).Unread);

        await app.UnlikeAsync(bob, me, mine, Ct);

        var page = await me.NotificationsAsync(Ct);
        Assert.True(Assert.Single(page.Notifications).Read);
        Assert.Equal(0, page.Unread);
    }

    [Fact]
    public async Task Get_MoreUnreadThanAreCounted_SaysAHundredOnEveryPage()
    {
        var (me, ada) = (app.NewUser(), app.NewUser());
        for (var number = 0; number < 99; number++) await app.TellAsync(me, ada, NotificationKind.Mention, Ct, app.World.CommitPost(ada));
        Assert.Equal(99, (await me.NotificationsAsync(Ct, limit: 1)).Unread);
        for (var number = 0; number < 30; number++) await app.TellAsync(me, ada, NotificationKind.Mention, Ct, app.World.CommitPost(ada));

        var walked = await me.WalkNotificationsAsync(limit: 100, Ct);

        Assert.Equal(129, walked.Count);
        Assert.Equal(100, (await me.NotificationsAsync(Ct, limit: 1)).Unread);
    }

    [Fact]
    public async Task Get_NobodyWasTold_IsEmpty()
    {
        var page = await app.NewUser().NotificationsAsync(Ct);

        Assert.Empty(page.Notifications);
        Assert.Equal((0, false, null), (page.Unread, page.HasMore, page.NextCursor));
        Assert.Empty(page.Degraded);
    }

    [Theory]
    [MemberData(nameof(BadQueries))]
    public async Task Get_BadQuery_Is400ThatNamesTheFields(string query, string fields)
    {
        using var answer = await app.NewUser().GetNotificationsAsync(query, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, fields.Split(','));
    }

    [Theory]
    [InlineData("{}", "up_to")]
    [InlineData("""{"up_to":null}""", "up_to")]
    [InlineData("""{"up_to":5}""", "up_to")]
    [InlineData("""{"up_to":"0"}""", "up_to")]
    [InlineData("""{"up_to":"-5"}""", "up_to")]
    [InlineData("""{"up_to":"9223372036854775808"}""", "up_to")]
    [InlineData("[]", "body")]
    [InlineData("", "body")]
    public async Task Read_BadBody_Is400ThatNamesTheField(string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await app.NewUser().Client.PostAsync(new Uri("/v1/notifications/read", UriKind.Relative), content, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, field);
    }

    [Fact]
    public async Task Read_NothingThere_IsFine() => await app.NewUser().ReadUpToAsync(5, Ct);

    [Fact]
    public async Task Calls_NoToken_Are401()
    {
        using var client = app.Client(token: null);
        using var get = await client.GetAsync(new Uri("/v1/notifications", UriKind.Relative), Ct);
        using var post = await client.PostAsJsonAsync(new Uri("/v1/notifications/read", UriKind.Relative), new { up_to = "1" }, Ct);

        await ProblemJson.AssertAsync(get, HttpStatusCode.Unauthorized, Ct);
        await ProblemJson.AssertAsync(post, HttpStatusCode.Unauthorized, Ct);
    }
}
