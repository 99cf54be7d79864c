using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Posts;

[Trait("Invariant", "15")]
public sealed class BlockTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_BlockBetweenThem_HidesEachFromTheOtherUntilItEnds(bool authorBlocks)
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var (hers, his) = (await alice.PublishAsync("hers", Ct), await bob.PublishAsync("his", Ct));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(bob, hers), await StatusAsync(alice, his)));
        var (blocker, blocked) = authorBlocks ? (alice.Id, bob.Id) : (bob.Id, alice.Id);

        app.Users.Block(blocker, blocked);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (await StatusAsync(bob, hers), await StatusAsync(alice, his)));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(alice, hers), await StatusAsync(bob, his)));
        app.Users.Unblock(blocker, blocked);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync(bob, hers), await StatusAsync(alice, his)));
    }

    [Fact]
    public async Task List_AuthorBlocksTheCaller_IsEmpty()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        await alice.PublishAsync("one", Ct);
        Assert.Equal(1, await CountAsync(bob, alice.Id));

        app.Users.Block(alice.Id, bob.Id);

        Assert.Equal(0, await CountAsync(bob, alice.Id));
        Assert.Equal(1, await CountAsync(alice, alice.Id));
    }

    [Fact]
    public async Task Reply_ToAPostOfSomebodyBlocked_IsRefused()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var parent = await alice.PublishAsync("parent", Ct);
        app.Users.Block(bob.Id, alice.Id);

        using var answer = await bob.PostAsync(new { content = "reply", in_reply_to = parent.ToString() }, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "in_reply_to");
    }

    [Fact]
    public async Task Get_VersionIsPublished_FetchesTheGraphOnceUntilItMoves()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var (alice, bob) = (alone.NewUser(), alone.NewUser());
        var post = await alice.PublishAsync("read often", Ct);
        await alone.Cache.StringSetAsync(UserKeys.GraphVersion(bob.Id), 1);
        for (var read = 0; read < 5; read++) Assert.Equal(HttpStatusCode.OK, await StatusAsync(bob, post));
        Assert.Equal(1, alone.Users.GraphReads);

        await alone.Cache.StringSetAsync(UserKeys.GraphVersion(bob.Id), alone.Users.Block(alice.Id, bob.Id));

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(bob, post));
        Assert.Equal(2, alone.Users.GraphReads);
    }

    private static async Task<HttpStatusCode> StatusAsync(TestUser viewer, PostId post)
    {
        using var answer = await viewer.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);
        return answer.StatusCode;
    }

    private static async Task<int> CountAsync(TestUser viewer, UserId author) =>
        (await viewer.Client.GetFromJsonAsync<JsonElement>(new Uri($"/v1/users/{author}/posts", UriKind.Relative), Ct)).GetProperty("posts").GetArrayLength();
}
