using System.Net;
using System.Text.Json;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Engagement;

public sealed class RepostCallTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "28")]
    public async Task Repost_ThenNoMore_EachTwice_IsAPostOfTheRepostersOnce()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("show me", Ct);

        foreach (var shown in (JsonElement[])[await bob.DoAsync("repost", post, Ct).OkAsync(Ct), await bob.DoAsync("repost", post, Ct).OkAsync(Ct), await bob.ShownAsync(post, Ct)])
        {
            Assert.Equal(post.ToString(), shown.GetProperty("id").GetString());
            Assert.Equal((new Counts(0, Reposts: 1), new Marks(Liked: false, Reposted: true, Bookmarked: false)), (Counts.Of(shown), Marks.Of(shown)));
        }

        var repost = Assert.Single(await ListAsync(bob));
        Assert.Equal(post.ToString(), repost.GetProperty("repost_of").GetProperty("id").GetString());
        var id = PostId.Parse(repost.GetProperty("id").GetString()!, provider: null);
        Assert.Equal(post.ToString(), Assert.Single(await app.EventsAsync(PostPublished.Type, id, Ct)).GetProperty("data").GetProperty("repost_of").GetString());
        await app.PublishedUntilAsync(post, new Counts(0, Reposts: 1), Ct);

        // By its own id too, and when it is gone.
        foreach (var shown in (JsonElement[])[await bob.UndoAsync("repost", id, Ct).OkAsync(Ct), await bob.UndoAsync("repost", id, Ct).OkAsync(Ct), await bob.UndoAsync("repost", post, Ct).OkAsync(Ct)])
        {
            Assert.Equal((post.ToString(), new Counts(0), default), (shown.GetProperty("id").GetString(), Counts.Of(shown), Marks.Of(shown)));
        }

        Assert.Empty(await ListAsync(bob));
        Assert.Single(await app.EventsAsync(PostDeleted.Type, id, Ct));
        await app.PublishedUntilAsync(post, new Counts(0), Ct);
    }

    [Fact]
    public async Task Repost_OfARepost_IsOfWhatItShows()
    {
        var (alice, bob, carol) = (app.NewUser(), app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("show me", Ct);
        var repost = await bob.RepostAsync(post, Ct);

        Assert.Equal(new Counts(0, Reposts: 2), Counts.Of(await carol.DoAsync("repost", repost, Ct).OkAsync(Ct)));

        // Both calls of a repost mean the same one.
        using var created = await carol.PostAsync(new { repost_of = post.ToString() }, Ct);
        Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        Assert.Single(await ListAsync(carol));
    }

    [Theory]
    [InlineData("followers")]
    [InlineData("mentioned")]
    [Trait("Invariant", "16")]
    public async Task Repost_OfWhatIsNotForEverybody_IsForbiddenToItsAuthorToo(string visibility)
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("not for all", Ct, visibility);

        using var refused = await alice.DoAsync("repost", post, Ct);

        await ProblemJson.AssertAsync(refused, HttpStatusCode.Forbidden, Ct);
        Assert.Equal(new Counts(0), Counts.Of(await alice.ShownAsync(post, Ct)));
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task Repost_OfAPrivateAuthor_IsForbiddenToHisFollowers()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("was for all", Ct);
        app.Users.Follow(bob.Id, alice.Id);
        app.Users.ChangeCard(alice.Id, card => card with { IsPrivate = true });

        using var refused = await bob.DoAsync("repost", post, Ct);

        await ProblemJson.AssertAsync(refused, HttpStatusCode.Forbidden, Ct);
    }

    [Fact]
    [Trait("Invariant", "28")]
    public async Task Repost_ManyCallsAtOnce_LeaveOneOrNone()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("show me", Ct);
        for (var turn = 0; turn < 5; turn++)
        {
            await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => bob.DoAsync("repost", post, Ct).OkAsync(Ct)));
            Assert.Equal(new Counts(0, Reposts: 1), Counts.Of(await bob.ShownAsync(post, Ct)));
            Assert.Single(await ListAsync(bob));

            await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => bob.UndoAsync("repost", post, Ct).OkAsync(Ct)));
            Assert.Equal(new Counts(0), Counts.Of(await bob.ShownAsync(post, Ct)));
            Assert.Empty(await ListAsync(bob));

            await Task.WhenAll(Enumerable.Range(0, 12).Select(call => (call % 2 == 0 ? bob.DoAsync("repost", post, Ct) : bob.UndoAsync("repost", post, Ct)).OkAsync(Ct)));
            var left = (await ListAsync(bob)).Count;
            Assert.InRange(left, 0, 1);
            Assert.Equal((new Counts(0, Reposts: left), left == 1), (Counts.Of(await bob.ShownAsync(post, Ct)), Marks.Of(await bob.ShownAsync(post, Ct)).Reposted));
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(TestUser author) =>
        [.. (await author.Client.GetAsync(new Uri($"/v1/users/{author.Id}/posts", UriKind.Relative), Ct).OkAsync(Ct)).GetProperty("posts").EnumerateArray()];
}
