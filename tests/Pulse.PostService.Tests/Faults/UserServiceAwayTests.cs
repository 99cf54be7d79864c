using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
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
}
