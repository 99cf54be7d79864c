using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;

namespace Pulse.TimelineService.Tests.Notifications;

public sealed class NotificationWalkTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Walk_AnyLimit_IsTheSame(int limit)
    {
        var (me, ada, bob) = (app.NewUser(), app.NewUser(), app.NewUser());
        PostId[] posts = [.. Enumerable.Range(0, 12).Select(_ => app.World.CommitPost(me))];
        foreach (var post in posts) await app.LikeAsync(ada, me, post, Ct);
        foreach (var post in posts.Where((_, index) => index % 3 == 0)) await app.LikeAsync(bob, me, post, Ct);
        await me.ReadUpToAsync((await me.NotificationsAsync(Ct)).Notifications[8].Id, Ct);

        var walked = await me.WalkNotificationsAsync(limit, Ct);

        Assert.Equal([posts[9], posts[6], posts[3], posts[0], .. posts.Where((_, index) => index % 3 != 0).Reverse()], walked.Select(notification => notification.Post!.Value));
        Assert.Equal(8, walked.Count(notification => !notification.Read));
    }

    [Fact]
    public async Task Walk_GroupsMoveUpAndNewOnesCome_NoneIsSkippedOrRepeated()
    {
        var (me, ada, bob) = (app.NewUser(), app.NewUser(), app.NewUser());
        PostId[] posts = [.. Enumerable.Range(0, 9).Select(_ => app.World.CommitPost(me))];
        foreach (var post in posts) await app.LikeAsync(ada, me, post, Ct);

        List<PostId> walked = [];
        string? cursor = null;
        for (var number = 0; number == 0 || cursor is not null; number++)
        {
            var page = await me.NotificationsAsync(Ct, limit: 2, cursor);
            walked.AddRange(page.Notifications.Select(notification => notification.Post!.Value));
            Assert.All(page.Notifications, notification => Assert.Equal([ada.Id], notification.Actors));
            cursor = page.NextCursor;
            // One that was met and one that will be, and something new.
            await app.LikeAsync(bob, me, posts[^(number + 1)], Ct);
            await app.LikeAsync(bob, me, posts[number], Ct);
            await app.TellAsync(me, bob, NotificationKind.Mention, Ct, app.World.CommitPost(bob));
        }

        Assert.Equal(posts.Reverse(), walked);
    }
}
