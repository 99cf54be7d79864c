using Pulse.Contracts;
using Pulse.Contracts.Api;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Notifications;

namespace Pulse.FanoutWorker.Tests.Notifications;

/// <summary>Who is told what, from the queue to the box.</summary>
public sealed class NotificationTests(FanoutApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bus_EverythingThatIsTold_ReachesTheBox()
    {
        var (me, ada) = (shared.NewUser(), shared.NewUser());
        var mine = shared.NewPost(me);
        await shared.PublishAsync(shared.NewPost(ada) with { InReplyTo = mine.PostId, InReplyToAuthorId = me }, Ct);
        await shared.PublishAsync(shared.NewPost(ada) with { QuoteOf = mine.PostId, QuoteOfAuthorId = me }, Ct);
        await shared.PublishAsync(shared.NewPost(ada) with { Mentions = [me] }, Ct);
        await shared.PublishAsync(shared.NewPost(ada) with { RepostOf = mine.PostId, RepostOfAuthorId = me }, Ct);
        await shared.PublishAsync(new PostLiked(mine.PostId, me, ada, Version: 1, mine.CreatedAt), Ct);
        await shared.PublishAsync(shared.NewFollow(ada, me), Ct);
        await shared.PublishAsync(new UserFollowRequested(ada, me, mine.CreatedAt, RequestId: 5), Ct);
        await shared.PublishAsync(new UserFollowAccepted(me, ada, Version: 1), Ct);

        await UntilToldAsync(shared, me, NotificationKind.Follow, NotificationKind.FollowRequest, NotificationKind.FollowAccepted, NotificationKind.Mention, NotificationKind.Reply,
            NotificationKind.Quote, NotificationKind.Repost, NotificationKind.Like);

        await shared.PublishAsync(new PostUnliked(mine.PostId, me, ada, Version: 2), Ct);
        await shared.PublishAsync(new UserFollowRequestEnded(ada, me, RequestId: 5), Ct);
        await shared.PublishAsync(new PostDeleted(mine.PostId, me), Ct);
        await UntilToldAsync(shared, me, NotificationKind.Follow, NotificationKind.FollowAccepted, NotificationKind.Mention, NotificationKind.Reply, NotificationKind.Quote);
        await shared.PublishAsync(new UserDeleted(ada), Ct);
        await UntilToldAsync(shared, me);
    }

    [Fact]
    public async Task Post_RepliesQuotesAndMentionsOneUser_TellsHimOnce()
    {
        var (me, other, ada) = (shared.NewUser(), shared.NewUser(), shared.NewUser());
        await shared.HandleAsync(shared.NewFollow(me, ada) with { Notify = true }, Ct);
        var mine = shared.NewPost(me);

        await shared.NotifyAsync(shared.NewPost(ada) with { InReplyTo = mine.PostId, InReplyToAuthorId = me, QuoteOf = mine.PostId, QuoteOfAuthorId = me, Mentions = [me, other] }, Ct);
        await shared.NotifyAsync(shared.NewPost(ada) with { QuoteOf = mine.PostId, QuoteOfAuthorId = me, Mentions = [me] }, Ct);
        await shared.NotifyAsync(shared.NewPost(ada) with { Mentions = [me] }, Ct);

        Assert.Equal([NotificationKind.Mention, NotificationKind.Quote, NotificationKind.Reply], await KindsAsync(shared, me));
        Assert.Equal([NotificationKind.Mention], await KindsAsync(shared, other));
        Assert.Empty(await KindsAsync(shared, ada));
    }

    [Fact]
    public async Task Mentions_FoundLater_AreToldOnceAndEndWithThePost()
    {
        var (me, first, ada) = (shared.NewUser(), shared.NewUser(), shared.NewUser());
        var post = shared.NewPost(ada) with { Mentions = [first] };
        var mentioned = new PostMentioned(post.PostId, ada, [me], post.CreatedAt);

        await shared.PublishAsync(post, Ct);
        await shared.PublishAsync(mentioned, Ct);
        await UntilToldAsync(shared, me, NotificationKind.Mention);
        await shared.NotifyAsync(mentioned, Ct);

        Assert.Equal([NotificationKind.Mention], await KindsAsync(shared, me));
        Assert.Equal([NotificationKind.Mention], await KindsAsync(shared, first));
        await shared.NotifyAsync(new PostDeleted(post.PostId, ada), Ct);
        await shared.NotifyAsync(mentioned, Ct);
        Assert.Empty(await KindsAsync(shared, me));
        Assert.Empty(await KindsAsync(shared, first));
    }

    [Fact]
    public async Task Post_ConcernsItsAuthor_IsNotToldHim()
    {
        var me = shared.NewUser();
        var mine = shared.NewPost(me);

        await shared.NotifyAsync(shared.NewPost(me) with { InReplyTo = mine.PostId, InReplyToAuthorId = me, Mentions = [me] }, Ct);
        await shared.NotifyAsync(shared.NewPost(me) with { RepostOf = mine.PostId, RepostOfAuthorId = me }, Ct);
        await shared.NotifyAsync(new PostLiked(mine.PostId, me, me, Version: 1, mine.CreatedAt), Ct);

        Assert.Empty(await KindsAsync(shared, me));
    }

    [Fact]
    public async Task Post_OfAFlaggedFollow_TellsWhoWantsToBeTold()
    {
        var (ada, me, plain, former) = (shared.NewUser(), shared.NewUser(), shared.NewUser(), shared.NewUser());
        var began = shared.NewFollow(me, ada);
        await shared.HandleAsync(began, Ct);
        await shared.HandleAsync(shared.NewFollow(me, ada) with { Notify = true, Began = false }, Ct);
        await shared.HandleAsync(shared.NewFollow(plain, ada), Ct);
        await shared.HandleAsync(shared.NewFollow(former, ada) with { Notify = true }, Ct);
        await shared.HandleAsync(shared.NewUnfollow(former, ada), Ct);
        var other = shared.NewPost(shared.NewUser());

        await shared.NotifyAsync(shared.NewPost(ada), Ct);
        await shared.NotifyAsync(shared.NewPost(ada) with { QuoteOf = other.PostId, QuoteOfAuthorId = other.AuthorId, Visibility = PostVisibility.Followers }, Ct);
        await shared.NotifyAsync(shared.NewPost(ada) with { InReplyTo = other.PostId, InReplyToAuthorId = other.AuthorId }, Ct);
        await shared.NotifyAsync(shared.NewPost(ada) with { RepostOf = other.PostId, RepostOfAuthorId = other.AuthorId }, Ct);
        await shared.NotifyAsync(shared.NewPost(ada) with { Visibility = PostVisibility.Mentioned }, Ct);
        await shared.NotifyAsync(shared.NewPost(ada) with { Limited = true }, Ct);

        Assert.Equal([NotificationKind.Post, NotificationKind.Post], await KindsAsync(shared, me));
        Assert.Empty(await KindsAsync(shared, plain));
        Assert.Empty(await KindsAsync(shared, former));
    }

    /// <summary>More than a page of them, and the redelivery of a post that was told half of them.</summary>
    [Fact]
    public async Task Post_ManyFlaggedFollowers_TellsEachOnce()
    {
        var ada = shared.NewUser();
        await shared.AddFollowersAsync(ada, 1_300, Ct);
        await shared.ExecuteAsync("UPDATE follow_edges SET notify = true WHERE followee = $1 AND follower > 100", Ct, ada.Value);
        var post = shared.NewPost(ada);

        await shared.NotifyAsync(post, Ct);
        await shared.NotifyAsync(post, Ct);

        Assert.Equal((1_200L, 1_200L), (
            await shared.ScalarAsync("SELECT count(*) FROM notification_acts WHERE version = $1 AND kind = 8 AND active", Ct, post.PostId.Value),
            await shared.ScalarAsync("SELECT count(*) FROM notification_groups WHERE subject = $1", Ct, post.PostId.Value)));

        await shared.NotifyAsync(new PostDeleted(post.PostId, ada), Ct);
        Assert.Equal(0, await shared.ScalarAsync("SELECT count(*) FROM notification_acts WHERE version = $1 AND kind = 8 AND active", Ct, post.PostId.Value));
    }

    [Fact]
    [Trait("Invariant", "17")]
    [Trait("Invariant", "18")]
    public async Task Post_DeletedBeforeItCame_IsNotTold()
    {
        var (me, ada) = (shared.NewUser(), shared.NewUser());
        var post = shared.NewPost(ada) with { Mentions = [me] };

        await shared.NotifyAsync(new PostDeleted(post.PostId, ada), Ct);
        await shared.NotifyAsync(post, Ct);

        Assert.Empty(await KindsAsync(shared, me));
    }

    [Fact]
    public async Task Follow_OnlyTheFlagChanges_IsNotToldAgain()
    {
        var (me, ada) = (shared.NewUser(), shared.NewUser());

        await shared.NotifyAsync(shared.NewFollow(ada, me) with { Began = false }, Ct);
        Assert.Empty(await KindsAsync(shared, me));
        await shared.NotifyAsync(shared.NewFollow(ada, me), Ct);
        await shared.NotifyAsync(shared.NewFollow(ada, me) with { Began = false }, Ct);

        Assert.Equal([NotificationKind.Follow], await KindsAsync(shared, me));
    }

    [Fact]
    public async Task Request_MadeAgainAfterItWasRejected_IsToldAgain()
    {
        var (me, ada) = (shared.NewUser(), shared.NewUser());
        var at = TimeProvider.System.GetUtcNow();
        await shared.NotifyAsync(new UserFollowRequested(ada, me, at, RequestId: 1), Ct);
        var first = (await shared.ToldAsync(me, Ct))[0].Place;
        await shared.NotifyAsync(new UserFollowRequestEnded(ada, me, RequestId: 1), Ct);

        await shared.NotifyAsync(new UserFollowRequested(ada, me, at, RequestId: 2), Ct);
        // From a version that tells no ends.
        await shared.NotifyAsync(new UserFollowRequested(ada, me, at), Ct);

        Assert.True(Assert.Single(await shared.ToldAsync(me, Ct)).Place > first);
    }

    [Theory]
    [InlineData(AuthorStanding.Active, true, true)]
    [InlineData(AuthorStanding.Limited, false, true)]
    [InlineData(AuthorStanding.Suspended, false, false)]
    public async Task Actor_LimitedOrSuspended_TellsFollowersOrNobody(AuthorStanding standing, bool toldStranger, bool toldFollower)
    {
        var (ada, stranger, follower) = (shared.NewUser(), shared.NewUser(), shared.NewUser());
        await shared.Cache.StringSetAsync(UserKeys.Card(ada), new AuthorCard(ada, "ada", "Ada", AvatarUrl: null, IsCelebrity: false, IsPrivate: false, standing, Version: 1).Encode());
        await shared.HandleAsync(shared.NewFollow(follower, ada), Ct);

        await shared.NotifyAsync(shared.NewPost(ada) with { Mentions = [stranger, follower] }, Ct);

        Assert.Equal((toldStranger, toldFollower), ((await KindsAsync(shared, stranger)).Count > 0, (await KindsAsync(shared, follower)).Count > 0));
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Bus_RedisFrozen_TellsAllTheSame()
    {
        await using var app = await FanoutApp.CreateAsync();
        var (me, ada) = (app.NewUser(), app.NewUser());
        await app.PublishAsync(new PostLiked(app.NewPost(me).PostId, me, ada, Version: 1, DateTimeOffset.UnixEpoch), Ct);
        await UntilToldAsync(app, me, NotificationKind.Like);
        app.Redis.Pause();

        await app.NotifyAsync(app.NewPost(ada) with { Mentions = [me] }, Ct);

        Assert.Equal([NotificationKind.Mention, NotificationKind.Like], await KindsAsync(app, me));
        app.Redis.Resume();
    }

    [Fact]
    [Trait("Invariant", "19")]
    [Trait("Invariant", "30")]
    public async Task Bus_PostgresAway_TellsWhenItIsBack()
    {
        await using var app = await FanoutApp.CreateAsync();
        var (me, ada) = (app.NewUser(), app.NewUser());
        await app.Postgres.KillAsync(Ct);

        await app.PublishAsync(new PostLiked(app.NewPost(me).PostId, me, ada, Version: 1, DateTimeOffset.UnixEpoch), Ct);
        await app.PublishAsync(app.NewPost(ada) with { Mentions = [me] }, Ct);
        await app.Postgres.StartAsync(Ct);

        await UntilToldAsync(app, me, NotificationKind.Mention, NotificationKind.Like);
        Assert.Empty(await app.Bus.Open(Topics.DeadLetters(Topics.NotificationsQueue)).ReceiveAsync(max: 10, TimeSpan.Zero, TimeSpan.FromSeconds(1), Ct));
    }

    private static async Task<List<NotificationKind>> KindsAsync(FanoutApp app, UserId user) => (await app.ToldAsync(user, Ct)).ConvertAll(group => group.Kind);

    private static Task UntilToldAsync(FanoutApp app, UserId user, params NotificationKind[] kinds) => Until.TrueAsync(
        async () => (await KindsAsync(app, user)).Order().SequenceEqual(kinds.Order()), $"he is told [{string.Join(' ', kinds)}]", Ct);
}
