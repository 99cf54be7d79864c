using Pulse.Contracts.Api;
using Pulse.Timelines.Notifications;
using static Pulse.Contracts.Api.NotificationKind;

namespace Pulse.Timelines.Tests.Notifications;

/// <summary>What is kept, and what goes.</summary>
public sealed class NotificationRetentionTests(TimelineSlice slice)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TellAsync_MoreThanAreKept_TheOldestGo()
    {
        var box = new BoxOf(slice, new NotificationOptions { Capacity = 10, TrimSlack = 5 });
        var fan = slice.NewUser();
        await box.TellAsync(fan, Like, subject: 1);
        for (var subject = 2; subject <= 14; subject++) await box.TellAsync(fan, Mention, subject);
        // The oldest one moves up before it would go.
        var friend = slice.NewUser();
        await box.TellAsync(friend, Like, subject: 1);
        Assert.Equal(14, await box.CountAsync("notification_groups"));

        await box.TellAsync(fan, Mention, subject: 15);

        var kept = await box.WalkAsync();
        Assert.Equal([15, 1, 14, 13, 12, 11, 10, 9, 8, 7], kept.Select(group => group.Subject));
        Assert.Equal([friend, fan], kept[1].Acts.Select(act => act.Actor));
        Assert.Equal(11, await box.CountAsync("notification_acts"));
        Assert.Equal(10, await slice.ScalarAsync<int>("SELECT groups FROM notification_boxes WHERE user_id = $1", Ct, box.User.Value));
    }

    [Fact]
    public async Task ExpireAsync_OlderThanIsKept_GoesWithItsActsAndTombstones()
    {
        var box = new BoxOf(slice);
        var (ada, bob) = (slice.NewUser(), slice.NewUser());
        await box.TellAsync(ada, Like, subject: 1);
        await box.TellAsync(ada, Mention, subject: 2);
        await box.EndAsync(bob, Follow);
        box.Clock.Pass(TimeSpan.FromHours(12));
        await box.TellAsync(bob, Like, subject: 1);

        box.Clock.Pass(TimeSpan.FromDays(89.6));
        await box.Retention.ExpireAsync(Ct);
        Shown.Are(await box.WalkAsync(), (Like, 1, [bob, ada]));
        Assert.Equal(2, await box.CountAsync("notification_acts"));

        box.Clock.Pass(TimeSpan.FromDays(1));
        await box.Retention.ExpireAsync(Ct);
        Assert.Equal((0L, 0L), (await box.CountAsync("notification_groups"), await box.CountAsync("notification_acts")));
        // He has been told nothing, as far as anybody remembers.
        Assert.Equal(1, await box.TellAsync(ada, Like, subject: 1));
        Shown.Are(await box.WalkAsync(), (Like, 1, [ada]));
    }
}
