using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Redis;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Posts;

/// <summary>What the author's card says holds for a post by id, for his list and for replies.</summary>
[Trait("Invariant", "16")]
public sealed class PrivateAuthorTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, AuthorStanding.Active, true, false)]
    [InlineData(false, AuthorStanding.Limited, true, false)]
    [InlineData(false, AuthorStanding.Suspended, false, false)]
    [InlineData(false, AuthorStanding.Active, true, true)]
    public async Task Get_PublicPost_IsForWhomTheCardAllows(bool isPrivate, AuthorStanding standing, bool follower, bool stranger)
    {
        var (alice, fan, other) = (app.NewUser(), app.NewUser(), app.NewUser());
        app.Users.Follow(fan.Id, alice.Id);
        var post = await alice.PublishAsync("public once", Ct);
        using var anonymous = app.Client(token: null);
        foreach (var client in (HttpClient[])[alice.Client, fan.Client, other.Client, anonymous]) Assert.Equal((HttpStatusCode.OK, 1), await SeenAsync(client, alice.Id, post));

        await ChangeAsync(app, alice, card => card with { IsPrivate = isPrivate, Standing = standing });

        var hidden = (HttpStatusCode.NotFound, standing == AuthorStanding.Suspended ? (int?)null : 0);
        Assert.Equal((HttpStatusCode.OK, 1), await SeenAsync(alice.Client, alice.Id, post));
        Assert.Equal(follower ? (HttpStatusCode.OK, 1) : hidden, await SeenAsync(fan.Client, alice.Id, post));
        Assert.Equal(stranger ? (HttpStatusCode.OK, 1) : hidden, await SeenAsync(other.Client, alice.Id, post));
        Assert.Equal(stranger ? (HttpStatusCode.OK, 1) : hidden, await SeenAsync(anonymous, alice.Id, post));
        using var reply = await other.PostAsync(new { content = "reply", in_reply_to = post.ToString() }, Ct);
        Assert.Equal(stranger ? HttpStatusCode.Created : HttpStatusCode.BadRequest, reply.StatusCode);
        using var delete = await other.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);
        Assert.Equal(stranger ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound, delete.StatusCode);
    }

    [Fact]
    public async Task Get_FollowerLeaves_SeesThePrivateAuthorNoMore()
    {
        var (alice, fan) = (app.NewUser(), app.NewUser());
        app.Users.Follow(fan.Id, alice.Id);
        var post = await alice.PublishAsync("for followers", Ct);
        await ChangeAsync(app, alice, card => card with { IsPrivate = true });
        Assert.Equal((HttpStatusCode.OK, 1), await SeenAsync(fan.Client, alice.Id, post));

        app.Users.Unfollow(fan.Id, alice.Id);

        Assert.Equal((HttpStatusCode.NotFound, 0), await SeenAsync(fan.Client, alice.Id, post));
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Get_PrivateSinceRedisFroze_IsHiddenThenAndWhenItThaws()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var alice = alone.NewUser();
        var post = await alice.PublishAsync("public once", Ct);
        await ChangeAsync(alone, alice, card => card);
        using var anonymous = alone.Client(token: null);
        Assert.Equal((HttpStatusCode.OK, 1), await SeenAsync(anonymous, alice.Id, post));

        alone.Redis.Pause();
        Assert.Equal((HttpStatusCode.OK, 1), await SeenAsync(anonymous, alice.Id, post));
        // Redis did not answer UserService either: the card of before stands in it.
        alone.Users.ChangeCard(alice.Id, card => card with { IsPrivate = true });
        Assert.Equal((HttpStatusCode.NotFound, 0), await SeenAsync(anonymous, alice.Id, post));

        alone.Redis.Resume();
        await Until.TrueAsync(
            async () =>
            {
                Assert.Equal((HttpStatusCode.NotFound, 0), await SeenAsync(anonymous, alice.Id, post));
                return await alone.Services.GetRequiredService<RedisCircuit>().TryRunAsync(db => db.PingAsync(), Ct);
            },
            "Redis answers again",
            Ct);
        Assert.Equal((HttpStatusCode.NotFound, 0), await SeenAsync(anonymous, alice.Id, post));

        // While UserService is away as well nobody knows better than the card at hand.
        alone.Users.IsAway = true;
        Assert.Equal((HttpStatusCode.OK, 1), await SeenAsync(anonymous, alice.Id, post));
    }

    [Fact]
    public async Task Get_CardOfAnOldVersion_IsAskedFor()
    {
        var (alice, other) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("public once", Ct);
        app.Users.ChangeCard(alice.Id, card => card with { IsPrivate = true });
        await app.Cache.StringSetAsync(UserKeys.Card(alice.Id), new AuthorCard(alice.Id, "old", "Old", AvatarUrl: null, IsCelebrity: false).Encode());

        Assert.Equal((HttpStatusCode.NotFound, 0), await SeenAsync(other.Client, alice.Id, post));
    }

    [Fact]
    public async Task Reply_ToOneselfWhileUserServiceIsAway_IsTaken()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var alice = alone.NewUser();
        var post = await alice.PublishAsync("mine", Ct);
        alone.Users.IsAway = true;

        using var reply = await alice.PostAsync(new { content = "reply", in_reply_to = post.ToString() }, Ct);

        Assert.Equal(HttpStatusCode.Created, reply.StatusCode);
    }

    // What UserService does: the card is new before its call answers.
    private static async Task ChangeAsync(PostsApp app, TestUser user, Func<AuthorCard, AuthorCard> change) =>
        await app.Cache.StringSetAsync(UserKeys.Card(user.Id), app.Users.ChangeCard(user.Id, change).Encode());

    /// <returns>The status of the post by its id, and how many posts the author's list shows; null when there is no such author.</returns>
    private static async Task<(HttpStatusCode Post, int? Listed)> SeenAsync(HttpClient viewer, UserId author, PostId post)
    {
        using var answer = await viewer.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);
        if (answer.StatusCode != HttpStatusCode.OK) await ProblemJson.AssertAsync(answer, HttpStatusCode.NotFound, Ct);
        using var list = await viewer.GetAsync(new Uri($"/v1/users/{author}/posts", UriKind.Relative), Ct);
        if (list.StatusCode == HttpStatusCode.NotFound) return (answer.StatusCode, null);

        list.EnsureSuccessStatusCode();
        return (answer.StatusCode, (await list.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("posts").GetArrayLength());
    }
}
