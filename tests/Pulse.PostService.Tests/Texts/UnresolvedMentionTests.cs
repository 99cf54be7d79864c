using System.Net;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Texts;

/// <summary>Names in posts that come while UserService is away.</summary>
[Trait("Invariant", "30")]
public sealed class UnresolvedMentionTests(PostsApp app) : IClassFixture<PostsApp>, IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        // The names are those of the test before too.
        app.Users.Clear();
        app.Users.IsAway = false;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Publish_UserServiceAway_MentionsFollowWhenItIsBack()
    {
        var (alice, bob) = (app.NewUser("alice"), app.NewUser("bob"));
        app.Users.IsAway = true;

        var post = await alice.PublishAsync("hello @bob and @nobody #tag", Ct);

        Assert.Null((await SnapshotAsync(post)).Mentions);
        Assert.Equal(1, await UnresolvedAsync());
        app.Users.IsAway = false;
        await Until.TrueAsync(async () => await UnresolvedAsync() == 0, "the names are looked up", Ct);
        Assert.Equal([bob.Id], (await SnapshotAsync(post)).Mentions!);
        var cached = PostSnapshot.Decode((await app.Cache.StringGetAsync(PostKeys.Snapshot(post)))!);
        Assert.Equal([bob.Id], cached.Mentions!);
        Assert.Null(cached.EditedAt);
        var told = Assert.Single(await app.EventsAsync(PostMentioned.Type, post, Ct)).GetProperty("data");
        Assert.Equal([bob.Id.ToString()], told.GetProperty("mentions").EnumerateArray().Select(id => id.GetString()!));
        Assert.Equal(alice.Id.ToString(), told.GetProperty("author_id").GetString());
        Assert.Equal(1, Assert.Single(await app.EventsAsync(PostEdited.Type, post, Ct)).GetProperty("data").GetProperty("revision").GetInt32());
        Assert.Equal([post], await bob.WalkAsync("/v1/tags/tag/posts", Ct));
    }

    [Fact]
    public async Task Publish_NamesOfNobody_AreForgotten()
    {
        var alice = app.NewUser("alice");
        app.Users.IsAway = true;
        var post = await alice.PublishAsync("@alice @nobody", Ct);
        app.Users.IsAway = false;

        await Until.TrueAsync(async () => await UnresolvedAsync() == 0, "the names are looked up", Ct);

        Assert.Null((await SnapshotAsync(post)).Mentions);
        Assert.Empty(await app.EventsAsync(PostMentioned.Type, post, Ct));
    }

    [Fact]
    public async Task Publish_ForTheMentioned_IsRefusedUntilItIsKnownWhoTheyAre()
    {
        var (alice, _) = (app.NewUser("alice"), app.NewUser("bob"));
        app.Users.IsAway = true;

        using var refused = await alice.PostAsync(new { content = "@bob", visibility = "mentioned" }, Ct);
        using var nobody = await alice.PostAsync(new { content = "for nobody", visibility = "mentioned" }, Ct);

        await ProblemJson.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.Created, nobody.StatusCode);
        Assert.Equal(0, await UnresolvedAsync());
    }

    [Fact]
    public async Task Edit_WhileUserServiceIsAway_KeepsTheMentionsUntilItKnowsTheNewOnes()
    {
        var (alice, bob, carol) = (app.NewUser("alice"), app.NewUser("bob"), app.NewUser("carol"));
        var open = await alice.PublishAsync("@bob", Ct);
        var closed = await alice.PublishAsync("@bob", Ct, "mentioned");
        app.Users.IsAway = true;

        using var taken = await alice.EditAsync(open, new { content = "@carol" }, Ct);
        using var refused = await alice.EditAsync(closed, new { content = "@carol" }, Ct);
        using var same = await alice.EditAsync(closed, new { content = "@bob" }, Ct);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.Equal([bob.Id], (await SnapshotAsync(open)).Mentions!);
        app.Users.IsAway = false;
        await Until.TrueAsync(async () => await UnresolvedAsync() == 0, "the names are looked up", Ct);
        Assert.Equal([carol.Id], (await SnapshotAsync(open)).Mentions!);
        Assert.Single(await app.EventsAsync(PostMentioned.Type, open, Ct));
    }

    [Fact]
    public async Task Edit_BeforeTheNamesAreKnown_MakesThemThoseOfTheNewText()
    {
        var (alice, bob, carol) = (app.NewUser("alice"), app.NewUser("bob"), app.NewUser("carol"));
        app.Users.IsAway = true;
        var post = await alice.PublishAsync("@bob", Ct);
        app.Users.IsAway = false;

        (await alice.EditAsync(post, new { content = "@carol" }, Ct)).EnsureSuccessStatusCode();

        Assert.Equal(0, await UnresolvedAsync());
        Assert.Equal([carol.Id], (await SnapshotAsync(post)).Mentions!);
        Assert.Contains(await app.EventsAsync(PostMentioned.Type, post, Ct), told => told.GetProperty("data").GetProperty("mentions")[0].GetString() == carol.Id.ToString());
        Assert.NotEqual(bob.Id, carol.Id);
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task Delete_BeforeTheNamesAreKnown_MentionsNobody()
    {
        var (alice, _) = (app.NewUser("alice"), app.NewUser("bob"));
        app.Users.IsAway = true;
        var post = await alice.PublishAsync("@bob", Ct);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct)).EnsureSuccessStatusCode();
        app.Users.IsAway = false;

        await Until.TrueAsync(async () => await UnresolvedAsync() == 0, "the names are forgotten", Ct);

        Assert.Empty(await app.EventsAsync(PostMentioned.Type, post, Ct));
        Assert.True(PostSnapshot.IsTombstone((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(post))));
    }

    private async Task<PostSnapshot> SnapshotAsync(PostId post) => (await app.BatchAsync(Ct, post)).Posts.Single();

    private async Task<long> UnresolvedAsync()
    {
        await using var command = app.Database.CreateCommand("SELECT count(*) FROM unresolved_mentions");
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
