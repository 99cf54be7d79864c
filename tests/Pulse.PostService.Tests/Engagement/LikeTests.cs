using System.Net;
using System.Text.Json;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure;

namespace Pulse.PostService.Tests.Engagement;

public sealed class LikeTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "28")]
    public async Task Like_ThenUnlike_EachTwice_CountsOnceAndTellsOnce()
    {
        var (alice, bob) = (app.NewUser("alice"), app.NewUser("bob"));
        var post = await alice.PublishAsync("like me", Ct);

        foreach (var shown in (JsonElement[])[await bob.DoAsync("like", post, Ct).OkAsync(Ct), await bob.DoAsync("like", post, Ct).OkAsync(Ct), await bob.ShownAsync(post, Ct)])
        {
            Assert.Equal((new Counts(1), new Marks(Liked: true, Reposted: false, Bookmarked: false)), (Counts.Of(shown), Marks.Of(shown)));
            Assert.Equal((post.ToString(), "like me"), (shown.GetProperty("id").GetString(), shown.GetProperty("content").GetString()));
        }

        Assert.False(Marks.Of(await alice.ShownAsync(post, Ct)).Liked);
        await app.PublishedUntilAsync(post, new Counts(1), Ct);

        foreach (var shown in (JsonElement[])[await bob.UndoAsync("like", post, Ct).OkAsync(Ct), await bob.UndoAsync("like", post, Ct).OkAsync(Ct), await bob.ShownAsync(post, Ct)])
        {
            Assert.Equal((new Counts(0), default), (Counts.Of(shown), Marks.Of(shown)));
        }

        await app.PublishedUntilAsync(post, new Counts(0), Ct);
        var liked = Assert.Single(await app.EventsAsync(PostLiked.Type, post, Ct)).GetProperty("data");
        var unliked = Assert.Single(await app.EventsAsync(PostUnliked.Type, post, Ct)).GetProperty("data");
        Assert.All((JsonElement[])[liked, unliked], data => Assert.Equal((alice.Id.ToString(), bob.Id.ToString()), (data.GetProperty("author_id").GetString(), data.GetProperty("liker_id").GetString())));
        Assert.True(liked.GetProperty("version").GetInt64() < unliked.GetProperty("version").GetInt64());
        Assert.InRange(liked.GetProperty("liked_at").GetDateTimeOffset(), TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(5), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task Like_OfARepost_IsOfWhatItShows()
    {
        var (alice, bob, carol) = (app.NewUser(), app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("shown twice", Ct);
        var repost = await bob.RepostAsync(post, Ct);

        var liked = await carol.DoAsync("like", repost, Ct).OkAsync(Ct);

        Assert.Equal((post.ToString(), new Counts(1, Reposts: 1)), (liked.GetProperty("id").GetString(), Counts.Of(liked)));
        var shown = await carol.ShownAsync(repost, Ct);
        Assert.Equal((new Counts(0), new Counts(1, Reposts: 1)), (Counts.Of(shown), Counts.Of(shown.GetProperty("repost_of"))));
        Assert.Equal((false, true), (Marks.Of(shown).Liked, Marks.Of(shown.GetProperty("repost_of")).Liked));
        Assert.Single(await app.EventsAsync(PostLiked.Type, post, Ct));
        var unliked = await carol.UndoAsync("like", repost, Ct).OkAsync(Ct);
        Assert.Equal((post.ToString(), new Counts(0, Reposts: 1)), (unliked.GetProperty("id").GetString(), Counts.Of(unliked)));
    }

    [Fact]
    public async Task Like_OfOnesOwn_Counts()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("mine", Ct);

        Assert.Equal(new Counts(1), Counts.Of(await alice.DoAsync("like", post, Ct).OkAsync(Ct)));
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task Like_WhileThePostIsDeleted_IsAnsweredOneWayOrTheOther()
    {
        var alice = app.NewUser();
        TestUser[] likers = [.. Enumerable.Range(0, 8).Select(_ => app.NewUser())];
        for (var turn = 0; turn < 10; turn++)
        {
            var post = await alice.PublishAsync("soon gone", Ct);
            var calls = likers.SelectMany(liker => (Task<HttpResponseMessage>[])[liker.DoAsync("like", post, Ct), liker.DoAsync("repost", post, Ct), liker.UndoAsync("like", post, Ct)]).ToList();
            Assert.Equal(HttpStatusCode.NoContent, await alice.DeleteAsync(post, Ct));

            foreach (var call in calls)
            {
                using var answer = await call;
                Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound]);
            }
        }
    }

    [Fact]
    public async Task Like_RedisFrozen_IsTakenAndShown()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var (alice, bob) = (alone.NewUser(), alone.NewUser());
        var post = await alice.PublishAsync("like me", Ct);
        alone.Redis.Pause();

        Assert.Equal(new Counts(1), Counts.Of(await bob.DoAsync("like", post, Ct).OkAsync(Ct)));

        alone.Redis.Resume();
        await alone.PublishedUntilAsync(post, new Counts(1), Ct);
        await Until.TrueAsync(async () => (string?)await alone.Cache.StringGetAsync(Contracts.PublishedKeys.PostKeys.MarksVersion(bob.Id)) == "1", "the version of his marks is published", Ct);
    }
}
