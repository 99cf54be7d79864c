using Pulse.Contracts.Api;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Data;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Notifications;
using static Pulse.Contracts.Api.NotificationKind;

namespace Pulse.Timelines.Tests.Notifications;

/// <summary>Who is told what, and what of it is one notification.</summary>
public sealed class NotificationStoreTests(TimelineSlice slice)
{
    private readonly BoxOf _box = new(slice);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TellAsync_LikesOfOnePost_AreOneNotificationThatMovesUp()
    {
        var (ada, bob, eve) = (slice.NewUser(), slice.NewUser(), slice.NewUser());
        await _box.TellAsync(ada, Like, subject: 1);
        await _box.TellAsync(bob, Like, subject: 2);
        await _box.TellAsync(eve, Like, subject: 1);

        var groups = await _box.WalkAsync();

        Shown.Are(groups, (Like, 1, [eve, ada]), (Like, 2, [bob]));
        Assert.Equal((await _box.FindAsync()).Newest, groups[0].Place);
        Assert.All(groups.SelectMany(group => group.Acts), act => Assert.Equal(_box.Clock.GetUtcNow(), act.At));
    }

    [Theory]
    [InlineData(Follow, true)]
    [InlineData(Repost, true)]
    [InlineData(Like, true)]
    [InlineData(FollowRequest, false)]
    [InlineData(FollowAccepted, false)]
    [InlineData(Mention, false)]
    [InlineData(Reply, false)]
    [InlineData(Quote, false)]
    [InlineData(Post, false)]
    public async Task TellAsync_TwoActorsOnOneSubject_AreOneNotificationOfGroupedKinds(NotificationKind kind, bool isGrouped)
    {
        await _box.TellAsync(slice.NewUser(), kind, subject: 7);
        await _box.TellAsync(slice.NewUser(), kind, subject: 7);

        Assert.Equal(isGrouped ? 1 : 2, (await _box.WalkAsync()).Count);
    }

    [Fact]
    public async Task TellAsync_GroupWasRead_BeginsAnother()
    {
        var (ada, bob, eve) = (slice.NewUser(), slice.NewUser(), slice.NewUser());
        await _box.TellAsync(ada, Like, subject: 1);
        await _box.Store.ReadAsync(_box.User, new NotificationId((await _box.FindAsync()).Newest), Ct);
        await _box.TellAsync(bob, Like, subject: 1);
        await _box.TellAsync(eve, Like, subject: 1);

        Shown.Are(await _box.WalkAsync(), (Like, 1, [eve, bob]), (Like, 1, [ada]));
    }

    /// <summary>The page was read before bob came: what the reader marks is what he saw.</summary>
    [Fact]
    public async Task ReadAsync_SomebodyJoinedMeanwhile_LeavesHimUnread()
    {
        var (ada, bob) = (slice.NewUser(), slice.NewUser());
        await _box.TellAsync(ada, Like, subject: 1);
        var seen = (await _box.WalkAsync())[0].Place;
        await _box.TellAsync(bob, Like, subject: 1);

        await _box.Store.ReadAsync(_box.User, new NotificationId(seen), Ct);

        var group = Assert.Single(await _box.WalkAsync());
        Assert.Equal(seen, (await _box.FindAsync()).ReadUpTo);
        Assert.True(group.Place > seen);
        Assert.Equal([bob], group.Acts.Where(act => act.Number > seen).Select(act => act.Actor));
    }

    [Fact]
    public async Task ReadAsync_EarlierLaterAndInTheFuture_NeverGoesBackAndReadsNothingThatIsToCome()
    {
        await _box.TellAsync(slice.NewUser(), Follow);
        var first = (await _box.FindAsync()).Newest;
        await _box.Store.ReadAsync(_box.User, new NotificationId(long.MaxValue), Ct);
        Assert.Equal(first, (await _box.FindAsync()).ReadUpTo);

        await _box.Store.ReadAsync(_box.User, new NotificationId(1), Ct);
        Assert.Equal(first, (await _box.FindAsync()).ReadUpTo);

        await _box.TellAsync(slice.NewUser(), Follow);
        Assert.True(await _box.FindAsync() is { } box && box.Newest > box.ReadUpTo);
        await _box.Store.ReadAsync(slice.NewUser(), new NotificationId(5), Ct);
    }

    [Fact]
    public async Task TellAsync_WindowIsOver_BeginsAnother()
    {
        var (ada, bob, eve) = (slice.NewUser(), slice.NewUser(), slice.NewUser());
        await _box.TellAsync(ada, Like, subject: 1);
        _box.Clock.Pass(TimeSpan.FromHours(23));
        await _box.TellAsync(bob, Like, subject: 1);
        _box.Clock.Pass(TimeSpan.FromHours(2));
        await _box.TellAsync(eve, Like, subject: 1);

        Shown.Are(await _box.WalkAsync(), (Like, 1, [eve]), (Like, 1, [bob, ada]));
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task TellAsync_TakenBackAndDoneAgain_IsShownAndMovesNothing()
    {
        var (ada, bob) = (slice.NewUser(), slice.NewUser());
        await _box.TellAsync(ada, Like, subject: 1, version: 1);
        await _box.TellAsync(bob, Mention, subject: 2);
        var newest = (await _box.FindAsync()).Newest;

        await _box.EndAsync(ada, Like, subject: 1, version: 2);
        Shown.Are(await _box.WalkAsync(), (Mention, 2, [bob]));
        Assert.Equal(0, await _box.TellAsync(ada, Like, subject: 1, version: 1));
        Shown.Are(await _box.WalkAsync(), (Mention, 2, [bob]));
        Assert.Equal(0, await _box.TellAsync(ada, Like, subject: 1, version: 3));

        Shown.Are(await _box.WalkAsync(), (Mention, 2, [bob]), (Like, 1, [ada]));
        Assert.Equal(newest, (await _box.FindAsync()).Newest);
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task EndAsync_BeforeItsBeginning_Stays()
    {
        var ada = slice.NewUser();
        await _box.EndAsync(ada, Like, subject: 1, version: 2);
        await _box.TellAsync(ada, Like, subject: 1, version: 1);
        Assert.Empty(await _box.WalkAsync());
        // Of one version the end is the last word: a request has no other.
        await _box.EndAsync(ada, FollowRequest, subject: 9, version: 9);
        await _box.TellAsync(ada, FollowRequest, subject: 9, version: 9);
        Assert.Empty(await _box.WalkAsync());
        await _box.EndAsync(ada, Like, subject: 1, version: 4);

        Assert.Equal(1, await _box.TellAsync(ada, Like, subject: 1, version: 5));

        Shown.Are(await _box.WalkAsync(), (Like, 1, [ada]));
    }

    [Fact]
    public async Task TellAsync_Himself_IsNotTold()
    {
        Assert.Equal(0, await _box.TellAsync(_box.User, Like, subject: 1));

        Assert.Empty(await _box.WalkAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "15")]
    public async Task TellAsync_OverABlock_IsNotToldAndTakenBackAllTheSame(bool userBlocks)
    {
        var ada = slice.NewUser();
        var blocks = new BlockEdges(slice.Database);
        await _box.TellAsync(ada, Like, subject: 1, version: 1);
        var (blocker, blocked) = userBlocks ? (_box.User, ada) : (ada, _box.User);
        await blocks.ApplyAsync(new UserBlocked(blocker, blocked, Version: 1, BlockedVersion: 1), Ct);

        Assert.Equal(0, await _box.TellAsync(ada, Mention, subject: 2));
        await _box.EndAsync(ada, Like, subject: 1, version: 2);
        Assert.Empty(await _box.WalkAsync());

        await blocks.ApplyAsync(new UserUnblocked(blocker, blocked, Version: 2, BlockedVersion: 2), Ct);
        Assert.Equal(1, await _box.TellAsync(ada, Mention, subject: 3));
    }

    [Theory]
    [InlineData(null, false, false, false)]
    [InlineData(60, false, false, false)]
    [InlineData(-60, false, true, true)]
    [InlineData(null, true, true, false)]
    [InlineData(-60, true, true, true)]
    [Trait("Invariant", "15")]
    public async Task TellAsync_OfSomebodyMuted_IsToldWhatTheMuteLeaves(int? minutes, bool repostsOnly, bool likes, bool reposts)
    {
        var ada = slice.NewUser();
        var until = minutes is { } left ? _box.Clock.GetUtcNow().AddMinutes(left) : (DateTimeOffset?)null;
        await new MuteEdges(slice.Database).ApplyAsync(new UserMuted(_box.User, ada, Version: 1, until, repostsOnly), Ct);

        Assert.Equal(likes ? 1 : 0, await _box.TellAsync(ada, Like, subject: 1));
        Assert.Equal(reposts ? 1 : 0, await _box.TellAsync(ada, Repost, subject: 1));
    }

    [Fact]
    public async Task TellAsync_ToFollowersOnly_TellsThem()
    {
        var (ada, other) = (slice.NewUser(), new BoxOf(slice));
        await new FollowEdges(slice.Database).ApplyAsync(new UserFollowed(_box.User, ada, Version: 1, _box.Clock.GetUtcNow()), Ct);

        Assert.Equal(1, await _box.TellAsync(ada, Mention, subject: 1, toFollowersOnly: true));
        Assert.Equal(0, await other.TellAsync(ada, Mention, subject: 1, toFollowersOnly: true));
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task EndSubjectAsync_LikesAndRepostsOfAPost_AreShownNoMoreAndNobodyIsToldAnew()
    {
        var (ada, bob, post) = (slice.NewUser(), slice.NewUser(), slice.NewPost());
        await _box.TellAsync(ada, Like, post.Value);
        await _box.TellAsync(ada, Repost, post.Value);
        await _box.TellAsync(bob, Reply, subject: 5);

        await new AuthorPosts(slice.Database).DeleteAsync(_box.User, post, Ct);
        await _box.Store.EndSubjectAsync(_box.User, post, Ct);

        Shown.Are(await _box.WalkAsync(), (Reply, 5, [bob]));
        Assert.Equal(0, await _box.TellAsync(bob, Like, post.Value));
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task EndPostAsync_ToldManyUsers_TakesAllOfItBackAndNothingElse()
    {
        var ada = slice.NewUser();
        var post = slice.NewPost();
        Notice[] notices = [.. Enumerable.Range(0, 2_500).Select(_ => Notice.Of(slice.NewUser(), Post, post)), Notice.Of(_box.User, Mention, post)];
        Assert.Equal(notices.Length, await _box.Store.TellAsync(new Act(ada, post.Value, _box.Clock.GetUtcNow()), notices, Ct));
        // A version of a graph or of marks is a number like any other.
        await _box.TellAsync(ada, Follow, version: post.Value);
        await _box.TellAsync(ada, Like, subject: 3, version: post.Value);

        await _box.Store.EndPostAsync(post, Ct);

        Shown.Are(await _box.WalkAsync(), (Like, 3, [ada]), (Follow, 0, [ada]));
        Assert.Equal(0, await slice.ScalarAsync<long>("SELECT count(*) FROM notification_acts WHERE version = $1 AND kind IN (3, 8) AND active", Ct, post.Value));
    }

    [Fact]
    public async Task ForgetAsync_UserIsGone_NothingOfHisIsLeftAndNothingComes()
    {
        var other = new BoxOf(slice);
        var ada = slice.NewUser();
        await _box.TellAsync(ada, Like, subject: 1);
        await other.TellAsync(_box.User, Follow);
        await other.TellAsync(ada, Follow);

        await _box.Store.ForgetAsync(_box.User, Ct);
        Assert.Equal(0, await _box.TellAsync(ada, Like, subject: 2));
        await _box.EndAsync(ada, Like, subject: 3);

        Assert.Empty(await _box.WalkAsync());
        Assert.Equal((0L, 0L), (await _box.CountAsync("notification_groups"), await _box.CountAsync("notification_acts")));
        Shown.Are(await other.WalkAsync(), (Follow, 0, [ada]));
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task TellAsync_ManyAtOnce_EachHasANumberOfItsOwnInOneNotification()
    {
        UserId[] likers = [.. Enumerable.Range(0, 60).Select(_ => slice.NewUser())];

        await Parallel.ForEachAsync(likers.Concat(likers), new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Ct }, async (liker, _) => await _box.TellAsync(liker, Like, subject: 1));

        var group = Assert.Single(await _box.WalkAsync());
        Assert.Equal(likers.OrderBy(liker => liker.Value), group.Acts.Select(act => act.Actor).OrderBy(liker => liker.Value));
        Assert.Equal(group.Acts.Count, group.Acts.Select(act => act.Number).Distinct().Count());
        Assert.Equal((await _box.FindAsync()).Newest, group.Acts[0].Number);
    }

    /// <summary>Two posts that name the same users the other way round, again and again.</summary>
    [Fact]
    public async Task TellAsync_SameUsersInAnyOrderAtOnce_NeverWaitInARing()
    {
        UserId[] users = [.. Enumerable.Range(0, 20).Select(_ => slice.NewUser())];
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Ct }, async (number, ct) =>
        {
            var post = slice.NewPost();
            var order = users.ToArray();
            new Random(number).Shuffle(order);
            await _box.Store.TellAsync(new Act(slice.NewUser(), post.Value, _box.Clock.GetUtcNow()), [.. order.Select(user => Notice.Of(user, Mention, post))], ct);
            if (number % 2 == 0) await _box.Store.EndPostAsync(post, ct);
        });

        Assert.Equal(30L * users.Length, await slice.ScalarAsync<long>(
            "SELECT count(*) FROM notification_acts WHERE user_id BETWEEN $1 AND $2 AND active", Ct, users[0].Value, users[^1].Value));
    }
}
