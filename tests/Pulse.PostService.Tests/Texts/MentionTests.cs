using System.Net;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Texts;

public sealed class MentionTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_Names_AreMentionsOnceAndInTheirOrder()
    {
        var (alice, bob, carol) = (app.NewUser("mt_alice"), app.NewUser("mt_bob"), app.NewUser("MT_Carol"));

        var post = await alice.PublishAsync("@mt_carol @mt_nobody @mt_alice and @MT_BOB, @mt_carol", Ct);

        Assert.Equal([carol.Id, bob.Id], await MentionsAsync(post));
        var published = Assert.Single(await app.EventsAsync(PostPublished.Type, post, Ct));
        Assert.Equal([carol.Id.ToString(), bob.Id.ToString()], published.GetProperty("data").GetProperty("mentions").EnumerateArray().Select(id => id.GetString()!));
    }

    [Fact]
    public async Task Publish_NoNames_AsksNobody()
    {
        var alice = app.NewUser("mt_quiet");
        var before = app.Users.NameReads;

        var post = await alice.PublishAsync("mail me: mt_quiet@example.com #tag", Ct);

        Assert.Empty(await MentionsAsync(post));
        Assert.Equal(before, app.Users.NameReads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "15")]
    public async Task Publish_NameOfSomebodyApart_IsNoMention(bool authorBlocks)
    {
        var (alice, bob) = (app.NewUser($"mt_apart_{authorBlocks}"), app.NewUser($"mt_other_{authorBlocks}"));
        app.Users.Block(authorBlocks ? alice.Id : bob.Id, authorBlocks ? bob.Id : alice.Id);

        var post = await alice.PublishAsync($"@mt_other_{authorBlocks}", Ct, "mentioned");

        Assert.Empty(await MentionsAsync(post));
        using var answer = await bob.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);
        await ProblemJson.AssertAsync(answer, HttpStatusCode.NotFound, Ct);
    }

    [Fact]
    public async Task Publish_NameOfSomebodySuspended_IsNoMention()
    {
        var (alice, bob) = (app.NewUser("mt_free"), app.NewUser("mt_suspended"));
        app.Users.ChangeCard(bob.Id, card => card with { Standing = AuthorStanding.Suspended });

        Assert.Empty(await MentionsAsync(await alice.PublishAsync("@mt_suspended", Ct)));
    }

    [Fact]
    public async Task Publish_ForTheMentioned_IsForThemAlone()
    {
        var (alice, bob, carol) = (app.NewUser("mt_from"), app.NewUser("mt_to"), app.NewUser("mt_third"));
        app.Users.Follow(carol.Id, alice.Id);

        var post = await alice.PublishAsync("for @mt_to", Ct, "mentioned");
        var alone = await alice.PublishAsync("for nobody", Ct, "mentioned");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound], await StatusAsync(post, alice, bob, carol));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound], await StatusAsync(alone, alice, bob, carol));
    }

    [Fact]
    public async Task Edit_ForTheMentioned_IsForThoseWhomItMentionsNow()
    {
        var (alice, bob, carol) = (app.NewUser("mt_edits"), app.NewUser("mt_first"), app.NewUser("mt_second"));
        var post = await alice.PublishAsync("for @mt_first", Ct, "mentioned");

        (await alice.EditAsync(post, new { content = "for @mt_second" }, Ct)).EnsureSuccessStatusCode();

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.OK], await StatusAsync(post, alice, bob, carol));
        Assert.Equal([carol.Id], PostSnapshot.Decode((await app.Cache.StringGetAsync(PostKeys.Snapshot(post)))!).Mentions!);
    }

    [Fact]
    public async Task Edit_MoreNames_TellsOfThoseThatAreNew()
    {
        var (alice, bob, carol) = (app.NewUser("mt_adds"), app.NewUser("mt_old"), app.NewUser("mt_new"));
        var post = await alice.PublishAsync("@mt_old", Ct);

        (await alice.EditAsync(post, new { content = "@mt_old @mt_new" }, Ct)).EnsureSuccessStatusCode();
        (await alice.EditAsync(post, new { content = "@mt_new" }, Ct)).EnsureSuccessStatusCode();

        Assert.Equal([carol.Id], await MentionsAsync(post));
        Assert.Equal([bob.Id], (await app.EventsAsync(PostPublished.Type, post, Ct)).Single().GetProperty("data").GetProperty("mentions").EnumerateArray().Select(Id));
        Assert.Equal([carol.Id], Assert.Single(await app.EventsAsync(PostMentioned.Type, post, Ct)).GetProperty("data").GetProperty("mentions").EnumerateArray().Select(Id));
    }

    private static UserId Id(System.Text.Json.JsonElement id) => UserId.Parse(id.GetString()!, provider: null);

    private static async Task<List<HttpStatusCode>> StatusAsync(PostId post, params TestUser[] viewers)
    {
        List<HttpStatusCode> seen = [];
        foreach (var viewer in viewers)
        {
            using var answer = await viewer.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct);
            seen.Add(answer.StatusCode);
        }

        return seen;
    }

    private async Task<IReadOnlyList<UserId>> MentionsAsync(PostId post) => (await app.BatchAsync(Ct, post)).Posts.Single().Mentions ?? [];
}
