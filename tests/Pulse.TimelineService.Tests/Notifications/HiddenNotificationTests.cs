using Pulse.Contracts;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;

namespace Pulse.TimelineService.Tests.Notifications;

/// <summary>What is told and must not be shown, or not any more: by what holds at the moment of the read.</summary>
public sealed class HiddenNotificationTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "15")]
    public async Task Get_BlockWhoseEventIsOnItsWay_HidesAtOnceBothWays(bool readerBlocks)
    {
        var (me, ada, bob, mine) = await LikedByTwoAsync();
        await app.TellAsync(me, ada, NotificationKind.Mention, Ct, app.World.CommitPost(ada));
        await app.TellAsync(me, ada, NotificationKind.Follow, Ct);
        Assert.Equal(3, (await me.NotificationsAsync(Ct)).Unread);

        await app.World.CommitBlockAsync(readerBlocks ? me : ada, readerBlocks ? ada : me);

        await AssertLikedByAsync(me, mine, bob);
    }

    [Fact]
    [Trait("Invariant", "15")]
    public async Task Get_MuteWhoseEventIsOnItsWay_HidesUntilItsEnd()
    {
        var (me, ada, bob, mine) = await LikedByTwoAsync();
        await app.TellAsync(me, ada, NotificationKind.Reply, Ct, app.World.CommitPost(ada, inReplyTo: mine));

        await app.World.CommitMuteAsync(me, ada);
        await AssertLikedByAsync(me, mine, bob);

        await app.World.CommitMuteAsync(me, ada, until: TimeProvider.System.GetUtcNow().AddSeconds(-1));
        Assert.Equal(["reply", "like"], (await me.NotificationsAsync(Ct)).Kinds);
    }

    [Fact]
    [Trait("Invariant", "15")]
    public async Task Get_MuteOfReposts_HidesThemAlone()
    {
        var (me, ada, _, mine) = await LikedByTwoAsync();
        await app.TellAsync(me, ada, NotificationKind.Repost, Ct, mine);

        await app.World.CommitMuteAsync(me, ada, repostsOnly: true);

        var page = await me.NotificationsAsync(Ct);
        Assert.Equal(["like"], page.Kinds);
        Assert.Equal((2, 1), (page.Notifications[0].ActorsCount, page.Unread));
    }

    [Fact]
    public async Task Get_ActorIsSuspendedOrLimited_IsHiddenFromAllButHisFollowers()
    {
        var (me, ada, bob, mine) = await LikedByTwoAsync();
        await app.World.ChangeCardAsync(ada, card => card with { Standing = AuthorStanding.Suspended });
        await AssertLikedByAsync(me, mine, bob);

        await app.World.ChangeCardAsync(ada, card => card with { Standing = AuthorStanding.Limited });
        await AssertLikedByAsync(me, mine, bob);
        await app.World.FollowAsync(me, ada, Ct);
        await AssertLikedByAsync(me, mine, bob, ada);

        await app.World.ChangeCardAsync(ada, card => card with { Standing = AuthorStanding.Suspended });
        await AssertLikedByAsync(me, mine, bob);
    }

    /// <summary>A wave of accounts that were suspended since hides nobody who stands behind them.</summary>
    [Fact]
    public async Task Get_ManySuspendedActors_ShowsWhoIsBehindThem()
    {
        var (me, ada, bob, mine) = await LikedByTwoAsync();
        for (var number = 0; number < 60; number++)
        {
            var robot = app.NewUser();
            await app.LikeAsync(robot, me, mine, Ct);
            await app.World.ChangeCardAsync(robot, card => card with { Standing = AuthorStanding.Suspended });
        }

        await AssertLikedByAsync(me, mine, bob, ada);
    }

    [Fact]
    public async Task Get_ActorOfWhomNobodyKnowsAnything_IsHidden()
    {
        var (me, _, bob, mine) = await LikedByTwoAsync();
        var gone = new TestUser(new UserId(1), me.Client);
        await app.LikeAsync(gone, me, mine, Ct);
        await app.TellAsync(me, gone, NotificationKind.Follow, Ct);

        var page = await me.NotificationsAsync(Ct);
        Assert.Equal(["like"], page.Kinds);
        Assert.Equal((bob.Id, 2), (page.Notifications[0].Actors[0], page.Notifications[0].ActorsCount));
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task Get_PostIsDeleted_IsHiddenBeforeItsEventCame()
    {
        var (me, ada, _, mine) = await LikedByTwoAsync();
        var mention = app.World.CommitPost(ada);
        await app.TellAsync(me, ada, NotificationKind.Mention, Ct, mention);

        await app.World.DeleteAsync(mention);
        Assert.Equal(["like"], (await me.NotificationsAsync(Ct)).Kinds);
        await app.World.DeleteAsync(mine);

        var page = await me.NotificationsAsync(Ct);
        Assert.Empty(page.Notifications);
        Assert.Equal(0, page.Unread);
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task Get_PostIsNotForTheReader_IsHiddenUntilItIs()
    {
        var (me, ada, privy) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.ChangeCardAsync(privy, card => card with { IsPrivate = true });
        var limited = app.World.CommitPost(ada);
        app.Posts.Add(app.Posts.Find(limited)! with { Limited = true });
        foreach (var post in (PostId[])[app.World.CommitPost(ada, PostVisibility.Followers), app.World.CommitPost(ada, PostVisibility.Mentioned), limited])
        {
            await app.TellAsync(me, ada, NotificationKind.Mention, Ct, post);
        }

        await app.TellAsync(me, privy, NotificationKind.Mention, Ct, app.World.CommitPost(privy));
        Assert.Equal(0, (await me.NotificationsAsync(Ct)).Unread);
        Assert.Empty((await me.NotificationsAsync(Ct)).Notifications);

        await app.World.FollowAsync(me, ada, Ct);
        await app.World.FollowAsync(me, privy, Ct);
        Assert.Equal(2, (await me.NotificationsAsync(Ct)).Unread);

        await app.World.UnfollowAsync(me, privy, Ct);
        Assert.Equal(1, (await me.NotificationsAsync(Ct)).Unread);
    }

    [Fact]
    public async Task Get_MentionForThoseMentioned_IsShownToThem()
    {
        var (me, ada) = (app.NewUser(), app.NewUser());
        var post = app.World.CommitPost(ada, PostVisibility.Mentioned);
        app.Posts.Add(app.Posts.Find(post)! with { Mentions = [me.Id] });
        await app.TellAsync(me, ada, NotificationKind.Mention, Ct, post);

        Assert.Equal(["mention"], (await me.NotificationsAsync(Ct)).Kinds);
    }

    [Fact]
    public async Task Get_PostOfSomebodyWhoIsFollowedNoMore_IsHidden()
    {
        var (me, ada) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(me, ada, Ct);
        await app.TellAsync(me, ada, NotificationKind.Post, Ct, app.World.CommitPost(ada));
        Assert.Equal(1, (await me.NotificationsAsync(Ct)).Unread);

        await app.World.UnfollowAsync(me, ada, Ct);

        Assert.Equal(0, (await me.NotificationsAsync(Ct)).Unread);
        Assert.Empty((await me.NotificationsAsync(Ct)).Notifications);
    }

    [Fact]
    public async Task Get_MostIsHidden_PagesAreFull()
    {
        var (me, ada, bob) = (app.NewUser(), app.NewUser(), app.NewUser());
        for (var number = 0; number < 60; number++)
        {
            var deleted = app.World.CommitPost(ada);
            await app.TellAsync(me, ada, NotificationKind.Mention, Ct, deleted);
            if (number % 12 != 0) await app.World.DeleteAsync(deleted);
            await app.TellAsync(me, bob, NotificationKind.Mention, Ct, app.World.CommitPost(bob, PostVisibility.Followers));
        }

        foreach (var limit in (int[])[1, 2, 5, 100]) Assert.Equal(5, (await me.WalkNotificationsAsync(limit, Ct)).Count);
    }

    private async Task<(TestUser Me, TestUser Ada, TestUser Bob, PostId Mine)> LikedByTwoAsync()
    {
        var (me, ada, bob) = (app.NewUser(), app.NewUser(), app.NewUser());
        var mine = app.World.CommitPost(me);
        await app.LikeAsync(ada, me, mine, Ct);
        await app.LikeAsync(bob, me, mine, Ct);
        return (me, ada, bob, mine);
    }

    private static async Task AssertLikedByAsync(TestUser me, PostId mine, params TestUser[] likers)
    {
        var page = await me.NotificationsAsync(Ct);
        var like = Assert.Single(page.Notifications);
        Assert.Equal(("like", mine), (like.Kind, like.Post));
        Assert.Equal(likers.Select(liker => liker.Id), like.Actors);
        Assert.Equal((likers.Length, 1), (like.ActorsCount, page.Unread));
    }
}
