using System.Net;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Engagement;

/// <summary>What somebody does not see he does nothing to; and what he has done he may take back even so.</summary>
public sealed class HiddenPostTests(PostsApp app)
{
    private static readonly string[] Marks = ["like", "repost", "bookmark"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Hidden => ["followers", "private", "mentioned", "limited", "suspended", "blocks", "blocked", "deleted"];

    /// <summary>How the public post of a moment ago is hidden from its reader.</summary>
    [Theory]
    [MemberData(nameof(Hidden))]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "16")]
    public async Task Marks_OfAPostThatIsHidden_AreRefusedAndTakenBack(string how)
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("seen by both", Ct);
        foreach (var mark in Marks) await bob.DoAsync(mark, post, Ct).OkAsync(Ct);
        Assert.Equal(3, await MarksOfAsync(bob, post));
        var version = await VersionAsync(bob);

        await HideAsync(how, alice, bob, post);

        foreach (var mark in Marks)
        {
            using var refused = await bob.DoAsync(mark, post, Ct);
            await ProblemJson.AssertAsync(refused, HttpStatusCode.NotFound, Ct);
        }

        Assert.Equal(version, await VersionAsync(bob));
        using (var likers = await bob.Client.GetAsync(new Uri($"/v1/posts/{post}/likes", UriKind.Relative), Ct)) await ProblemJson.AssertAsync(likers, HttpStatusCode.NotFound, Ct);
        Assert.Empty((await bob.Client.GetAsync(new Uri("/v1/bookmarks", UriKind.Relative), Ct).OkAsync(Ct)).GetProperty("posts").EnumerateArray());

        foreach (var mark in Marks)
        {
            using var undone = await bob.UndoAsync(mark, post, Ct);
            await ProblemJson.AssertAsync(undone, HttpStatusCode.NotFound, Ct);
        }

        Assert.Equal(0, await MarksOfAsync(bob, post));
        if (how != "deleted") Assert.Equal(new Counts(0), Counts.Of(await alice.ShownAsync(post, Ct)));
    }

    [Fact]
    public async Task Marks_OfAPostForFollowers_AreForThem()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        app.Users.Follow(bob.Id, alice.Id);
        var post = await alice.PublishAsync("for followers", Ct, "followers");

        Assert.Equal(new Counts(1), Counts.Of(await bob.DoAsync("like", post, Ct).OkAsync(Ct)));
        Assert.True(Engagement.Marks.Of(await bob.DoAsync("bookmark", post, Ct).OkAsync(Ct)).Bookmarked);
        using var repost = await bob.DoAsync("repost", post, Ct);
        await ProblemJson.AssertAsync(repost, HttpStatusCode.Forbidden, Ct);
    }

    [Theory]
    [InlineData("PUT", "like")]
    [InlineData("DELETE", "like")]
    [InlineData("PUT", "repost")]
    [InlineData("DELETE", "repost")]
    [InlineData("PUT", "bookmark")]
    [InlineData("DELETE", "bookmark")]
    [InlineData("GET", "likes")]
    public async Task AnyCall_NoSuchPostOrNoToken_IsAProblem(string method, string what)
    {
        await AssertAsync(app.NewUser().Client, "42", HttpStatusCode.NotFound);
        await AssertAsync(app.NewUser().Client, "abc", HttpStatusCode.BadRequest, "id");
        await AssertAsync(app.Client(token: null), "42", HttpStatusCode.Unauthorized);

        async Task AssertAsync(HttpClient client, string id, HttpStatusCode status, params string[] fields)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/v1/posts/{id}/{what}");
            using var answer = await client.SendAsync(request, Ct);
            await ProblemJson.AssertAsync(answer, status, Ct, fields);
        }
    }

    [Fact]
    public async Task Like_UserServiceAway_IsTakenBackAllTheSame()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var (alice, bob) = (alone.NewUser(), alone.NewUser());
        var post = await alice.PublishAsync("like me", Ct);
        await bob.DoAsync("like", post, Ct).OkAsync(Ct);
        alone.Users.IsAway = true;

        // Nobody can tell whether he may see it.
        using (var again = await bob.DoAsync("bookmark", post, Ct)) await ProblemJson.AssertAsync(again, HttpStatusCode.ServiceUnavailable, Ct);
        using (var undone = await bob.UndoAsync("like", post, Ct)) await ProblemJson.AssertAsync(undone, HttpStatusCode.ServiceUnavailable, Ct);

        alone.Users.IsAway = false;
        Assert.Equal((new Counts(0), default), (Counts.Of(await bob.ShownAsync(post, Ct)), Engagement.Marks.Of(await bob.ShownAsync(post, Ct))));
    }

    private async Task HideAsync(string how, TestUser alice, TestUser bob, PostId post)
    {
        switch (how)
        {
            case "followers":
                await app.ExecuteAsync("UPDATE posts SET visibility = 1 WHERE id = $1", Ct, post.Value);
                break;
            case "mentioned":
                await app.ExecuteAsync("UPDATE posts SET visibility = 2, mentions = ARRAY[42] WHERE id = $1", Ct, post.Value);
                break;
            case "limited":
                await app.ExecuteAsync("UPDATE posts SET limited = true WHERE id = $1", Ct, post.Value);
                break;
            case "private":
                app.Users.ChangeCard(alice.Id, card => card with { IsPrivate = true });
                break;
            case "suspended":
                app.Users.ChangeCard(alice.Id, card => card with { Standing = AuthorStanding.Suspended });
                break;
            case "blocks":
                app.Users.Block(alice.Id, bob.Id);
                break;
            case "blocked":
                app.Users.Block(bob.Id, alice.Id);
                break;
            default:
                Assert.Equal(HttpStatusCode.NoContent, await alice.DeleteAsync(post, Ct));
                break;
        }
    }

    private Task<long> MarksOfAsync(TestUser user, PostId post) => app.CountAsync(
        """
        SELECT (SELECT count(*) FROM likes WHERE user_id = $1 AND post_id = $2)
            + (SELECT count(*) FROM bookmarks WHERE user_id = $1 AND post_id = $2)
            + (SELECT count(*) FROM posts WHERE author_id = $1 AND repost_of = $2 AND deleted_at IS NULL)
        """,
        Ct, user.Id.Value, post.Value);

    private Task<long> VersionAsync(TestUser user) => app.CountAsync("SELECT version FROM marks_versions WHERE user_id = $1", Ct, user.Id.Value);
}
