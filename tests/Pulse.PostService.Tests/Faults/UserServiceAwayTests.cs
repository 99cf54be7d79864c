using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Faults;

public sealed class UserServiceAwayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UserServiceAway_PostIsTakenWithTheCardOfTheToken()
    {
        await using var app = new PostsApp();
        await app.InitializeAsync();
        var alice = app.NewUser("alice");
        app.Users.IsAway = true;

        using var answer = await alice.PostAsync(new { content = "taken" }, Ct);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var author = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("author");
        Assert.Equal(alice.Id.ToString(), author.GetProperty("id").GetString());
        Assert.Equal("alice", author.GetProperty("username").GetString());
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task UserServiceAway_FollowersPostOfAnother_Is503AndNotShown()
    {
        await using var app = new PostsApp();
        await app.InitializeAsync();
        var (alice, bob) = (app.NewUser(), app.NewUser());
        app.Users.Follow(bob.Id, alice.Id);
        var post = await alice.PublishAsync("for followers", Ct, "followers");
        app.Users.IsAway = true;

        using var answer = await bob.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "30")]
    public async Task UserServiceAway_GraphWasRead_GoesOnUntilANewerOneIsKnown()
    {
        await using var app = new PostsApp();
        await app.InitializeAsync();
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = new Uri($"/v1/posts/{await alice.PublishAsync("public", Ct)}", UriKind.Relative);
        (await bob.Client.GetAsync(post, Ct)).Dispose();
        // From here on her card is in Redis, as UserService would have put it.
        await app.Cache.StringSetAsync(UserKeys.Card(alice.Id), new AuthorCard(alice.Id, "alice", "Alice", AvatarUrl: null, IsCelebrity: false, Version: 1).Encode());
        app.Users.IsAway = true;

        using var known = await bob.Client.GetAsync(post, Ct);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);

        // It changed just before UserService went: nobody here knows how.
        await app.Cache.StringSetAsync(UserKeys.GraphVersion(bob.Id), 2);
        using var older = await bob.Client.GetAsync(post, Ct);
        await ProblemJson.AssertAsync(older, HttpStatusCode.ServiceUnavailable, Ct);
    }
}
