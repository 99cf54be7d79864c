using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Publishing;

/// <summary>Replies, reposts and quotes.</summary>
public sealed class ReferenceTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Repost_PublicPost_ShowsItAndTellsOfIt()
    {
        var (alice, bob) = (app.NewUser("alice"), app.NewUser("bob"));
        var original = await alice.PublishAsync("original", Ct);

        using var answer = await bob.PostAsync(new { repost_of = original.ToString() }, Ct);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var repost = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(("bob", ""), (Author(repost), repost.GetProperty("content").GetString()));
        var shown = repost.GetProperty("repost_of");
        Assert.Equal(("alice", "original", 1, true), (Author(shown), shown.GetProperty("content").GetString(), shown.GetProperty("reposts_count").GetInt32(), shown.GetProperty("reposted").GetBoolean()));
        Assert.Equal(repost.ToString(), (await bob.ShowAsync(IdOf(repost), Ct)).ToString());
        var told = Assert.Single(await app.EventsAsync(PostPublished.Type, IdOf(repost), Ct)).GetProperty("data");
        Assert.Equal((original.ToString(), alice.Id.ToString()), (told.GetProperty("repost_of").GetString(), told.GetProperty("repost_of_author_id").GetString()));
        Assert.True(IdOf(repost) > original);
    }

    [Fact]
    public async Task Repost_Again_IsTheSameOneAndOfARepostItsOriginal()
    {
        var (alice, bob, carol) = (app.NewUser(), app.NewUser(), app.NewUser());
        var original = await alice.PublishAsync("original", Ct);
        var first = await bob.PublishAsync(new { repost_of = original.ToString() }, Ct);

        using var again = await bob.PostAsync(new { repost_of = first.ToString() }, Ct);
        var ofRepost = await carol.PublishAsync(new { repost_of = first.ToString() }, Ct);

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(first, IdOf(await again.Content.ReadFromJsonAsync<JsonElement>(Ct)));
        Assert.Equal(original, IdOf((await carol.ShowAsync(ofRepost, Ct)).GetProperty("repost_of")));
        Assert.Equal(2, (await alice.ShowAsync(original, Ct)).GetProperty("reposts_count").GetInt32());
    }

    [Fact]
    public async Task Repost_ManyAtTheSameMoment_AreOne()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var original = await alice.PublishAsync("original", Ct);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bob.PostAsync(new { repost_of = original.ToString() }, Ct)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.All(answers, answer => Assert.True(answer.IsSuccessStatusCode));
        Assert.Equal(1, (await bob.ShowAsync(original, Ct)).GetProperty("reposts_count").GetInt32());
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Repost_DeletedAndMadeAgain_IsANewOneAndCountsOnce()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var original = await alice.PublishAsync("original", Ct);
        var first = await bob.PublishAsync(new { repost_of = original.ToString() }, Ct);

        (await bob.Client.DeleteAsync(new Uri($"/v1/posts/{first}", UriKind.Relative), Ct)).Dispose();
        var undone = await bob.ShowAsync(original, Ct);
        var second = await bob.PublishAsync(new { repost_of = original.ToString() }, Ct);

        Assert.Equal((0, false), (undone.GetProperty("reposts_count").GetInt32(), undone.GetProperty("reposted").GetBoolean()));
        Assert.NotEqual(first, second);
        Assert.Equal(1, (await bob.ShowAsync(original, Ct)).GetProperty("reposts_count").GetInt32());
    }

    [Theory]
    [InlineData("repost_of")]
    [InlineData("quote_of")]
    [Trait("Invariant", "16")]
    public async Task Share_WhatIsNotForEverybody_IsRefused(string field)
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        app.Users.Follow(bob.Id, alice.Id);
        var closed = await alice.PublishAsync("closed", Ct, "followers");
        await bob.ShowAsync(closed, Ct);

        using var answer = await bob.PostAsync(Body(field, closed), Ct);
        using var own = await alice.PostAsync(Body(field, closed), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, field);
        await ProblemJson.AssertAsync(own, HttpStatusCode.BadRequest, Ct, field);
    }

    [Theory]
    [InlineData("repost_of")]
    [InlineData("quote_of")]
    [Trait("Invariant", "16")]
    public async Task Share_PostOfAPrivateAccount_IsForItselfAlone(string field)
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        app.Users.Follow(bob.Id, alice.Id);
        var post = await alice.PublishAsync("for followers", Ct);
        await HideAsync(alice);
        await bob.ShowAsync(post, Ct);

        using var others = await bob.PostAsync(Body(field, post), Ct);
        using var own = await alice.PostAsync(Body(field, post), Ct);

        await ProblemJson.AssertAsync(others, HttpStatusCode.BadRequest, Ct, field);
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);
    }

    [Fact]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "16")]
    public async Task Share_OriginalIsHiddenLater_RepostGoesAndQuoteStaysWithoutIt()
    {
        var (alice, bob, carol) = (app.NewUser(), app.NewUser(), app.NewUser());
        var original = await alice.PublishAsync("original", Ct);
        var repost = await bob.PublishAsync(new { repost_of = original.ToString() }, Ct);
        var quote = await bob.PublishAsync(new { content = "look", quote_of = original.ToString() }, Ct);
        var shown = await carol.ShowAsync(quote, Ct);
        Assert.Equal("original", shown.GetProperty("quote_of").GetProperty("content").GetString());
        await carol.ShowAsync(repost, Ct);

        await HideAsync(alice);

        using var gone = await carol.Client.GetAsync(new Uri($"/v1/posts/{repost}", UriKind.Relative), Ct);
        await ProblemJson.AssertAsync(gone, HttpStatusCode.NotFound, Ct);
        shown = await carol.ShowAsync(quote, Ct);
        Assert.Equal((JsonValueKind.Null, original.ToString()), (shown.GetProperty("quote_of").ValueKind, shown.GetProperty("quote_of_id").GetString()));
        var listed = (await carol.GetAsync($"/v1/users/{bob.Id}/posts", Ct)).GetProperty("posts").EnumerateArray().ToList();
        Assert.Equal(quote, IdOf(Assert.Single(listed)));
    }

    [Fact]
    public async Task Quote_AndReply_MayBeOnePost()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser("bob"));
        var (parent, quoted) = (await alice.PublishAsync("parent", Ct), await alice.PublishAsync("quoted", Ct));
        var repost = await bob.PublishAsync(new { repost_of = parent.ToString() }, Ct);

        // Whoever answers a repost answers what it shows.
        var reply = await bob.ShowAsync(await bob.PublishAsync(new { content = "both", in_reply_to = repost.ToString(), quote_of = quoted.ToString() }, Ct), Ct);

        Assert.Equal(parent.ToString(), reply.GetProperty("in_reply_to").GetString());
        Assert.Equal(quoted, IdOf(reply.GetProperty("quote_of")));
        Assert.Equal(1, (await alice.ShowAsync(parent, Ct)).GetProperty("replies_count").GetInt32());
        var told = Assert.Single(await app.EventsAsync(PostPublished.Type, IdOf(reply), Ct)).GetProperty("data");
        Assert.Equal((alice.Id.ToString(), alice.Id.ToString()), (told.GetProperty("in_reply_to_author_id").GetString(), told.GetProperty("quote_of_author_id").GetString()));
    }

    [Fact]
    public async Task Reply_DeletedByTwoAtOnce_IsTakenOffItsParentOnce()
    {
        var alice = app.NewUser();
        var parent = await alice.PublishAsync("parent", Ct);
        var reply = await alice.PublishAsync(new { content = "reply", in_reply_to = parent.ToString() }, Ct);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{reply}", UriKind.Relative), Ct)).Dispose()));

        Assert.Equal(0, (await alice.ShowAsync(parent, Ct)).GetProperty("replies_count").GetInt32());
    }

    private static object Body(string field, PostId post) =>
        field == "repost_of" ? new { repost_of = post.ToString() } : new { content = "look", quote_of = post.ToString() };

    private static string? Author(JsonElement post) => post.GetProperty("author").GetProperty("username").GetString();

    private static PostId IdOf(JsonElement post) => PostId.Parse(post.GetProperty("id").GetString()!, provider: null);

    // As UserService does it: the card in Redis is the new one before anybody hears of it.
    private async Task HideAsync(TestUser user)
    {
        var card = app.Users.ChangeCard(user.Id, card => card with { IsPrivate = true });
        await app.Cache.StringSetAsync(UserKeys.Card(user.Id), card.Encode());
    }
}
