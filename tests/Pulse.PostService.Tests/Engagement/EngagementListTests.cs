using System.Net;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Engagement;

/// <summary>Who likes a post, and what somebody has bookmarked.</summary>
public sealed class EngagementListTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Likers_PageByPage_AreTheNewestLikesFirst()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("like me", Ct);
        List<TestUser> likers = [];
        for (var number = 0; number < 7; number++)
        {
            likers.Insert(0, app.NewUser($"liker_{number}"));
            await likers[0].DoAsync("like", post, Ct).OkAsync(Ct);
        }

        await likers[3].UndoAsync("like", post, Ct).OkAsync(Ct);
        likers.RemoveAt(3);

        foreach (var limit in (int[])[1, 2, 3, 6, 7]) Assert.Equal(likers.Select(liker => liker.Id.ToString()), await WalkAsync(alice, $"/v1/posts/{post}/likes", "users", limit));
        var first = (await alice.Client.GetAsync(new Uri($"/v1/posts/{post}/likes?limit=1", UriKind.Relative), Ct).OkAsync(Ct)).GetProperty("users")[0];
        Assert.Equal(("liker_6", "Display of liker_6"), (first.GetProperty("username").GetString(), first.GetProperty("display_name").GetString()));
        // Of a repost those of what it shows.
        Assert.Equal(6, (await WalkAsync(alice, $"/v1/posts/{await alice.RepostAsync(post, Ct)}/likes", "users", 100)).Count);
    }

    [Fact]
    [Trait("Invariant", "15")]
    public async Task Likers_BlockedSuspendedAndGone_AreLeftOut()
    {
        var (alice, viewer) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("like me", Ct);
        var (calm, blocked, blocking, suspended, limited, gone) = (app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser());
        foreach (var liker in (TestUser[])[calm, blocked, blocking, suspended, limited, gone, viewer]) await liker.DoAsync("like", post, Ct).OkAsync(Ct);
        app.Users.Block(viewer.Id, blocked.Id);
        app.Users.Block(blocking.Id, viewer.Id);
        app.Users.ChangeCard(suspended.Id, card => card with { Standing = AuthorStanding.Suspended });
        app.Users.ChangeCard(limited.Id, card => card with { Standing = AuthorStanding.Limited, IsPrivate = true });
        app.Users.Remove(gone.Id);

        Assert.Equal([viewer.Id.ToString(), limited.Id.ToString(), calm.Id.ToString()], await WalkAsync(viewer, $"/v1/posts/{post}/likes", "users", 2));
        // Also to who sees his own post, which needs no graph by itself.
        app.Users.Block(alice.Id, calm.Id);
        Assert.DoesNotContain(calm.Id.ToString(), await WalkAsync(alice, $"/v1/posts/{post}/likes", "users", 2));
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task Bookmarks_PageByPage_AreTheNewestFirstAndThoseThatHeStillSees()
    {
        var (alice, bob, reader) = (app.NewUser(), app.NewUser(), app.NewUser());
        List<PostId> posts = [];
        for (var number = 0; number < 8; number++) posts.Add(await (number % 2 == 0 ? alice : bob).PublishAsync($"post {number}", Ct));
        // Not in the order in which they were written.
        PostId[] order = [posts[5], posts[0], posts[7], posts[2], posts[1], posts[6], posts[3], posts[4]];
        foreach (var post in order) await reader.DoAsync("bookmark", post, Ct).OkAsync(Ct);
        // Once more changes nothing.
        await reader.DoAsync("bookmark", posts[5], Ct).OkAsync(Ct);
        foreach (var limit in (int[])[1, 3, 8, 100]) Assert.Equal(order.Reverse().Select(post => post.ToString()), await WalkAsync(reader, "/v1/bookmarks", "posts", limit));
        Assert.Empty(await WalkAsync(alice, "/v1/bookmarks", "posts", 20));

        await reader.UndoAsync("bookmark", posts[6], Ct).OkAsync(Ct);
        await alice.DeleteAsync(posts[4], Ct);
        app.Users.Block(bob.Id, reader.Id);

        foreach (var limit in (int[])[1, 2, 100]) Assert.Equal(((PostId[])[posts[2], posts[0]]).Select(post => post.ToString()), await WalkAsync(reader, "/v1/bookmarks", "posts", limit));
        var shown = (await reader.Client.GetAsync(new Uri("/v1/bookmarks", UriKind.Relative), Ct).OkAsync(Ct)).GetProperty("posts")[0];
        Assert.True(Marks.Of(shown).Bookmarked);
    }

    [Fact]
    public async Task Bookmark_OfARepost_IsOfWhatItShows()
    {
        var (alice, bob, reader) = (app.NewUser(), app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("keep me", Ct);
        var repost = await bob.RepostAsync(post, Ct);

        var shown = await reader.DoAsync("bookmark", repost, Ct).OkAsync(Ct);

        Assert.Equal((post.ToString(), true), (shown.GetProperty("id").GetString(), Marks.Of(shown).Bookmarked));
        Assert.Equal([post.ToString()], await WalkAsync(reader, "/v1/bookmarks", "posts", 20));
        // Nobody is told.
        Assert.Equal(0, await app.CountAsync("SELECT count(*) FROM outbox WHERE body LIKE '%' || $1 || '%'", Ct, reader.Id.ToString()));
        Assert.False(Marks.Of(await reader.UndoAsync("bookmark", post, Ct).OkAsync(Ct)).Bookmarked);
        Assert.Empty(await WalkAsync(reader, "/v1/bookmarks", "posts", 20));
    }

    [Fact]
    public async Task Lists_BadInput_AreProblems()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("like me", Ct);
        foreach (var path in (string[])[$"/v1/posts/{post}/likes", "/v1/bookmarks"])
        {
            using var both = await alice.Client.GetAsync(new Uri($"{path}?cursor=x&limit=0", UriKind.Relative), Ct);
            await ProblemJson.AssertAsync(both, HttpStatusCode.BadRequest, Ct, "cursor", "limit");
            using var nobody = await app.Client(token: null).GetAsync(new Uri(path, UriKind.Relative), Ct);
            await ProblemJson.AssertAsync(nobody, HttpStatusCode.Unauthorized, Ct);
        }
    }

    /// <summary>Every id from the first page to the last.</summary>
    private static async Task<List<string>> WalkAsync(TestUser viewer, string path, string items, int limit)
    {
        List<string> ids = [];
        for (var cursor = ""; cursor is not null;)
        {
            var page = await viewer.Client.GetAsync(new Uri($"{path}?limit={limit}{cursor}", UriKind.Relative), Ct).OkAsync(Ct);
            var shown = page.GetProperty(items).EnumerateArray().Select(item => item.GetProperty("id").GetString()!).ToList();
            Assert.True(shown.Count == limit || !page.GetProperty("has_more").GetBoolean(), "A page that is not full is the last.");
            Assert.Equal(page.GetProperty("has_more").GetBoolean(), page.GetProperty("next_cursor").ValueKind == JsonValueKind.String);
            ids.AddRange(shown);
            cursor = page.GetProperty("next_cursor").GetString() is { } next ? $"&cursor={next}" : null;
        }

        return ids;
    }
}
