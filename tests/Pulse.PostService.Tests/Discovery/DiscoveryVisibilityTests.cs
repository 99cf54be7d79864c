using System.Net;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Discovery;

/// <summary>What no list of strangers' posts may show, whichever it is.</summary>
[Trait("Invariant", "15")]
[Trait("Invariant", "16")]
[Trait("Invariant", "17")]
public sealed class DiscoveryVisibilityTests(PostsApp app) : IClassFixture<PostsApp>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Lists => ["/v1/tags/Pulse/posts", "/v1/search/posts?q=pulse", "/v1/search/posts?q=%23pulse", "/v1/search/posts?q=%23pulse%20pulse", "/v1/explore"];

    public async ValueTask InitializeAsync()
    {
        app.Users.Clear();
        await using var command = app.Database.CreateCommand("TRUNCATE posts, post_tags, post_counts, explore_lists");
        await command.ExecuteNonQueryAsync(Ct);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_PostsOfEveryKind_ShowsTheOpenOnesAlone(string path)
    {
        var (alice, viewer) = (app.NewUser("alice"), app.NewUser("viewer"));
        var (shy, blocks, blocked, muted, suspended, restricted) = (app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser(), app.NewUser());
        var open = await alice.PublishAsync("#pulse", Ct);
        await alice.PublishAsync("#pulse", Ct, "followers");
        await alice.PublishAsync("#pulse @viewer", Ct, "mentioned");
        await viewer.PublishAsync(new { repost_of = open.ToString() }, Ct);
        foreach (var author in (TestUser[])[shy, blocks, blocked, muted, suspended, restricted]) await author.PublishAsync("#pulse", Ct);
        var (limited, deleted, changed) = (await viewer.PublishAsync("#pulse", Ct), await alice.PublishAsync("#pulse", Ct), await alice.PublishAsync("#pulse", Ct));
        app.Users.Follow(viewer.Id, alice.Id);

        // Right after each change, whatever list was made before it.
        Assert.Equal(10, (await viewer.WalkAsync(path, Ct)).Count);
        await app.LimitAsync(limited, Ct);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{deleted}", UriKind.Relative), Ct)).EnsureSuccessStatusCode();
        (await alice.EditAsync(changed, new { content = "something else" }, Ct)).EnsureSuccessStatusCode();
        app.Users.ChangeCard(shy.Id, card => card with { IsPrivate = true });
        app.Users.ChangeCard(suspended.Id, card => card with { Standing = AuthorStanding.Suspended });
        app.Users.ChangeCard(restricted.Id, card => card with { Standing = AuthorStanding.Limited });
        app.Users.Block(blocks.Id, viewer.Id);
        app.Users.Block(viewer.Id, blocked.Id);
        app.Users.Mute(viewer.Id, muted.Id);

        PostId[] seen = path == "/v1/explore" ? [changed, open] : [open];
        Assert.Equal(seen.Order(), (await viewer.WalkAsync(path, Ct)).Order());
        Assert.Equal(seen.Order(), (await viewer.WalkAsync(path, Ct, limit: 1)).Order());
        app.Users.Follow(viewer.Id, shy.Id);
        app.Users.Follow(viewer.Id, restricted.Id);
        Assert.Equal(seen.Length + 2, (await viewer.WalkAsync(path, Ct)).Count);
    }

    [Fact]
    [Trait("Invariant", "15")]
    public async Task List_QuoteOfAMutedAuthor_IsShownWithoutHim()
    {
        var (alice, bob, viewer) = (app.NewUser(), app.NewUser(), app.NewUser());
        var quoted = await alice.PublishAsync("the quoted", Ct);
        var quote = await bob.PublishAsync(new { content = "about it #quotable", quote_of = quoted.ToString() }, Ct);
        var own = await alice.PublishAsync(new { content = "and again #quotable", quote_of = quoted.ToString() }, Ct);

        app.Users.Mute(viewer.Id, alice.Id);

        Assert.Equal([quote], await viewer.WalkAsync("/v1/tags/quotable/posts", Ct));
        Assert.Equal(JsonValueKind.Null, (await viewer.GetAsync("/v1/tags/quotable/posts", Ct)).GetProperty("posts")[0].GetProperty("quote_of").ValueKind);
        Assert.Equal(JsonValueKind.Null, (await viewer.GetAsync($"/v1/users/{bob.Id}/posts", Ct)).GetProperty("posts")[0].GetProperty("quote_of").ValueKind);
        // Who asks for what he wrote is shown what he quotes of himself.
        Assert.Equal(quoted.ToString(), (await viewer.ShowAsync(own, Ct)).GetProperty("quote_of").GetProperty("id").GetString());
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task List_RedisAway_AnswersAllTheSame()
    {
        // Of its own: what Redis says proves nothing for a while after it was away.
        await using var own = new PostsApp();
        await own.InitializeAsync();
        var alice = own.NewUser("alice");
        var before = await alice.PublishAsync("#pulse one", Ct);
        await own.Redis.KillAsync(Ct);
        var during = await alice.PublishAsync("#pulse two", Ct);

        foreach (var path in Lists) Assert.Equal([before, during], (await own.NewUser().WalkAsync(path.Data, Ct)).Order());
    }

    [Theory]
    [MemberData(nameof(Lists))]
    [Trait("Invariant", "30")]
    public async Task List_UserServiceAway_AnswersWhatIsKnown(string path)
    {
        var (alice, stranger) = (app.NewUser("alice"), app.NewUser());
        var post = await alice.PublishAsync("#pulse", Ct);
        app.Users.IsAway = true;

        using var refused = await stranger.Client.GetAsync(new Uri(path, UriKind.Relative), Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.NotNull(refused.Headers.RetryAfter);

        // From here on his graph is known, and her card is in Redis, as UserService would have put it.
        app.Users.IsAway = false;
        Assert.Equal([post], await stranger.WalkAsync(path, Ct));
        await app.Cache.StringSetAsync(UserKeys.Card(alice.Id), new AuthorCard(alice.Id, "alice", "Alice", AvatarUrl: null, IsCelebrity: false, Version: 1).Encode());
        app.Users.IsAway = true;
        Assert.Equal([post], await stranger.WalkAsync(path, Ct));
        app.Users.IsAway = false;
    }
}
