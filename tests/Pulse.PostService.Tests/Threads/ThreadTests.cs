using System.Net;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Threads;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Threads;

public sealed class ThreadTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_MiddleOfAConversation_ShowsWhatItAnswersAndWhatAnswersIt()
    {
        var (alice, bob, carol) = (app.NewUser("alice"), app.NewUser("bob"), app.NewUser("carol"));
        var root = await alice.PublishAsync("root", Ct);
        var second = await ReplyAsync(bob, root);
        var third = await ReplyAsync(alice, second);
        var (first, last) = (await ReplyAsync(bob, third), await ReplyAsync(carol, third));
        await ReplyAsync(alice, first);
        await ReplyAsync(carol, root);

        var thread = await carol.GetAsync($"/v1/posts/{third}/thread", Ct);

        Assert.Equal([root, second], Ids(thread.GetProperty("ancestors")));
        Assert.False(thread.GetProperty("ancestors_truncated").GetBoolean());
        Assert.Equal(third, Id(thread.GetProperty("post")));
        Assert.Equal("alice", thread.GetProperty("post").GetProperty("author").GetProperty("username").GetString());
        Assert.Equal(2, thread.GetProperty("post").GetProperty("replies_count").GetInt32());
        Assert.False(thread.GetProperty("post").GetProperty("liked").GetBoolean());
        Assert.Equal([first, last], Ids(thread.GetProperty("replies").GetProperty("posts")));
        Assert.Equal(1, thread.GetProperty("replies").GetProperty("posts")[0].GetProperty("replies_count").GetInt32());
        Assert.False(thread.GetProperty("replies").GetProperty("has_more").GetBoolean());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [Trait("Invariant", "5")]
    public async Task Get_PagesOfReplies_ShowEachOnceWhileMoreCome(int limit)
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var root = await alice.PublishAsync("root", Ct);
        List<PostId> replies = [];
        for (var number = 0; number < 7; number++) replies.Add(await ReplyAsync(bob, root));
        var late = 2;

        var walked = await alice.WalkAsync($"/v1/posts/{root}/thread", Ct, limit, thread => thread.GetProperty("replies"), async () =>
        {
            // They come at the end, and are met there.
            if (late-- > 0) replies.Add(await ReplyAsync(bob, root));
        });

        Assert.Equal(replies, walked);
    }

    [Fact]
    [Trait("Invariant", "6")]
    public async Task Get_ManyHiddenReplies_DoNotEndTheWalk()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        // Of a time in which no other test mints ids.
        var root = new PostId(Snowflake.FirstAt(new DateTimeOffset(2025, 6, 2, 0, 0, 0, TimeSpan.Zero)));
        await using (var command = app.Database.CreateCommand(
            """
            INSERT INTO posts (id, author_id, content, visibility, in_reply_to, created_at)
            SELECT $1 + n, CASE n WHEN 0 THEN $4 ELSE $2 END, 'x', CASE WHEN n IN (0, $3) THEN 0 ELSE 1 END, CASE n WHEN 0 THEN NULL ELSE $1 END, now() FROM generate_series(0, $3) n
            """))
        {
            command.Parameters.Add(new() { Value = root.Value });
            command.Parameters.Add(new() { Value = bob.Id.Value });
            command.Parameters.Add(new() { Value = 1_050 });
            command.Parameters.Add(new() { Value = alice.Id.Value });
            await command.ExecuteNonQueryAsync(Ct);
        }

        Assert.Equal([new PostId(root.Value + 1_050)], await alice.WalkAsync($"/v1/posts/{root}/thread", Ct, list: thread => thread.GetProperty("replies")));
    }

    [Fact]
    public async Task Get_AncestorsGoneOrHidden_LeaveGapsAndTheRestStays()
    {
        var (alice, bob, carol, dave) = (app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser());
        app.Users.Follow(bob.Id, alice.Id);
        app.Users.Follow(carol.Id, alice.Id);
        var root = await alice.PublishAsync("root", Ct);
        var closed = await ReplyAsync(alice, root, "followers");
        var deleted = await ReplyAsync(bob, closed);
        var blocked = await ReplyAsync(dave, deleted);
        var leaf = await ReplyAsync(carol, blocked);
        (await bob.Client.DeleteAsync(new Uri($"/v1/posts/{deleted}", UriKind.Relative), Ct)).EnsureSuccessStatusCode();
        var eve = app.NewUser();
        app.Users.Block(dave.Id, eve.Id);

        Assert.Equal([root, closed, blocked], Ids((await bob.GetAsync($"/v1/posts/{leaf}/thread", Ct)).GetProperty("ancestors")));
        Assert.Equal([root], Ids((await eve.GetAsync($"/v1/posts/{leaf}/thread", Ct)).GetProperty("ancestors")));
        Assert.Equal([leaf], Ids((await bob.GetAsync($"/v1/posts/{blocked}/thread", Ct)).GetProperty("replies").GetProperty("posts")));
    }

    [Fact]
    public async Task Get_MoreAncestorsThanShown_ShowsTheNearest()
    {
        var alice = app.NewUser();
        List<PostId> chain = [await alice.PublishAsync("root", Ct)];
        for (var depth = 0; depth <= ThreadReader.MaxAncestors; depth++) chain.Add(await ReplyAsync(alice, chain[^1]));

        var all = await alice.GetAsync($"/v1/posts/{chain[^2]}/thread", Ct);
        var cut = await alice.GetAsync($"/v1/posts/{chain[^1]}/thread", Ct);

        Assert.Equal(chain[..^2], Ids(all.GetProperty("ancestors")));
        Assert.False(all.GetProperty("ancestors_truncated").GetBoolean());
        Assert.Equal(chain[1..^1], Ids(cut.GetProperty("ancestors")));
        Assert.True(cut.GetProperty("ancestors_truncated").GetBoolean());
    }

    [Fact]
    public async Task Get_Repost_IsTheThreadOfWhatItShows()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var root = await alice.PublishAsync("root", Ct);
        var reply = await ReplyAsync(bob, root);
        var repost = await bob.PublishAsync(new { repost_of = root.ToString() }, Ct);

        var thread = await bob.GetAsync($"/v1/posts/{repost}/thread", Ct);

        Assert.Equal(root, Id(thread.GetProperty("post")));
        Assert.Equal([reply], Ids(thread.GetProperty("replies").GetProperty("posts")));
    }

    [Fact]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "16")]
    public async Task Get_Replies_AreThoseThatTheViewerMaySee()
    {
        var (alice, viewer) = (app.NewUser("th_alice"), app.NewUser("th_viewer"));
        var root = await alice.PublishAsync("root", Ct);
        var (open, closed, named, unnamed, shy, blocks, blocked, muted, suspended, limited, deleted) = (
            app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser());
        List<PostId> seen = [await ReplyAsync(open, root)];
        await ReplyAsync(closed, root, "followers");
        seen.Add(await named.PublishAsync(new { content = "@th_viewer", visibility = "mentioned", in_reply_to = root.ToString() }, Ct));
        await unnamed.PublishAsync(new { content = "@th_alice", visibility = "mentioned", in_reply_to = root.ToString() }, Ct);
        foreach (var author in (TestUser[])[shy, blocks, blocked, muted, suspended]) await ReplyAsync(author, root);
        await app.LimitAsync(await ReplyAsync(limited, root), Ct);
        await deleted.Client.DeleteAsync(new Uri($"/v1/posts/{await ReplyAsync(deleted, root)}", UriKind.Relative), Ct);
        seen.Add(await ReplyAsync(alice, root));
        app.Users.ChangeCard(shy.Id, card => card with { IsPrivate = true });
        app.Users.ChangeCard(suspended.Id, card => card with { Standing = AuthorStanding.Suspended });
        app.Users.Block(blocks.Id, viewer.Id);
        app.Users.Block(viewer.Id, blocked.Id);
        app.Users.Mute(viewer.Id, muted.Id);

        Assert.Equal(seen, Ids((await viewer.GetAsync($"/v1/posts/{root}/thread", Ct)).GetProperty("replies").GetProperty("posts")));

        // Whose post was asked for may answer himself there, muted or not.
        app.Users.Mute(viewer.Id, alice.Id);
        Assert.Equal(seen, Ids((await viewer.GetAsync($"/v1/posts/{root}/thread", Ct)).GetProperty("replies").GetProperty("posts")));
        app.Users.Follow(viewer.Id, shy.Id);
        app.Users.Follow(viewer.Id, closed.Id);
        Assert.Equal(seen.Count + 2, (await viewer.WalkAsync($"/v1/posts/{root}/thread", Ct, 2, thread => thread.GetProperty("replies"))).Count);
    }

    [Fact]
    public async Task Get_PostThatTheViewerMayNotSee_IsNotFound()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var closed = await alice.PublishAsync("closed", Ct, "followers");
        var deleted = await alice.PublishAsync("deleted", Ct);
        await ReplyAsync(bob, deleted);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{deleted}", UriKind.Relative), Ct)).EnsureSuccessStatusCode();
        var limited = await alice.PublishAsync("limited", Ct);
        await app.LimitAsync(limited, Ct);

        foreach (var post in (PostId[])[closed, deleted, limited])
        {
            using var answer = await bob.Client.GetAsync(new Uri($"/v1/posts/{post}/thread", UriKind.Relative), Ct);
            await ProblemJson.AssertAsync(answer, HttpStatusCode.NotFound, Ct);
        }

        Assert.Equal(limited, Id((await alice.GetAsync($"/v1/posts/{limited}/thread", Ct)).GetProperty("post")));
    }

    private static Task<PostId> ReplyAsync(TestUser author, PostId parent, string visibility = "public") =>
        author.PublishAsync(new { content = "reply", visibility, in_reply_to = parent.ToString() }, Ct);

    private static PostId Id(JsonElement post) => PostId.Parse(post.GetProperty("id").GetString()!, provider: null);

    private static IEnumerable<PostId> Ids(JsonElement posts) => posts.EnumerateArray().Select(Id);
}
