using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Posts;

public sealed class GetPostTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_PublicPost_IsOpenToAll()
    {
        var alice = app.NewUser("alice");
        var post = await alice.PublishAsync("for all", Ct);
        using var anonymous = app.Client(token: null);

        using var answer = await anonymous.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var shown = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal("for all", shown.GetProperty("content").GetString());
        Assert.Equal("alice", shown.GetProperty("author").GetProperty("username").GetString());
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task Get_FollowersPost_IsForTheAuthorAndFollowersOnly()
    {
        var (alice, follower, stranger) = (app.NewUser(), app.NewUser(), app.NewUser());
        app.Users.Follow(follower.Id, alice.Id);
        var post = new Uri($"/v1/posts/{await alice.PublishAsync("for followers", Ct, "followers")}", UriKind.Relative);
        using var anonymous = app.Client(token: null);

        using var own = await alice.Client.GetAsync(post, Ct);
        using var followed = await follower.Client.GetAsync(post, Ct);
        using var strange = await stranger.Client.GetAsync(post, Ct);
        using var open = await anonymous.GetAsync(post, Ct);

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        Assert.Equal(HttpStatusCode.OK, followed.StatusCode);
        await ProblemJson.AssertAsync(strange, HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(open, HttpStatusCode.NotFound, Ct);
    }

    [Fact]
    public async Task Get_MentionedPost_IsForTheAuthorOnly()
    {
        var (alice, follower) = (app.NewUser(), app.NewUser());
        app.Users.Follow(follower.Id, alice.Id);
        var post = new Uri($"/v1/posts/{await alice.PublishAsync("for nobody yet", Ct, "mentioned")}", UriKind.Relative);

        using var own = await alice.Client.GetAsync(post, Ct);
        using var followed = await follower.Client.GetAsync(post, Ct);

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        await ProblemJson.AssertAsync(followed, HttpStatusCode.NotFound, Ct);
    }

    [Fact]
    public async Task Get_AuthorWithoutAccount_IsNotFound()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("left behind", Ct);
        app.Users.Remove(alice.Id);

        using var answer = await bob.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.NotFound, Ct);
    }

    [Fact]
    public async Task Get_CardInRedis_IsShown()
    {
        var alice = app.NewUser("before");
        var post = await alice.PublishAsync("whose", Ct);
        await app.Cache.StringSetAsync(UserKeys.Card(alice.Id), new AuthorCard(alice.Id, "cached", "Cached", "https://cdn.test/a.png", IsCelebrity: true, Version: 1).Encode());

        using var answer = await alice.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);

        var author = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("author");
        Assert.Equal("cached", author.GetProperty("username").GetString());
        Assert.Equal("https://cdn.test/a.png", author.GetProperty("avatar_url").GetString());
        Assert.True(author.GetProperty("is_celebrity").GetBoolean());
    }
}
