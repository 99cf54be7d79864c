using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.PostService.Tests.Media;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Posts;

public sealed class EditPostTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Edit_OwnPost_ShowsTheNewTextEverywhereAndKeepsTheOld()
    {
        var alice = app.NewUser("alice");
        var post = await alice.PublishAsync("first", Ct);
        Assert.Equal(JsonValueKind.Null, (await alice.ShowAsync(post, Ct)).GetProperty("edited_at").ValueKind);

        using var answer = await alice.EditAsync(post, new { content = "second" }, Ct);
        (await alice.EditAsync(post, new { text = "third" }, Ct)).Dispose();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("second", (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("content").GetString());
        var shown = await alice.ShowAsync(post, Ct);
        Assert.Equal("third", shown.GetProperty("content").GetString());
        Assert.True(shown.GetProperty("edited_at").GetDateTimeOffset() >= shown.GetProperty("created_at").GetDateTimeOffset(), shown.ToString());
        Assert.Equal("third", Assert.Single((await app.BatchAsync(Ct, post)).Posts).Content);
        Assert.Equal(("third", 2), await CachedAsync(post));
        Assert.Equal(["first", "second", "third"], await VersionsAsync(alice, post));
        var events = await app.EventsAsync(PostEdited.Type, post, Ct);
        Assert.Equal([1, 2], events.Select(edit => edit.GetProperty("data").GetProperty("revision").GetInt32()).Order());
    }

    [Fact]
    public async Task Edit_SameText_ChangesNothing()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("same", Ct);

        using var answer = await alice.EditAsync(post, new { content = "same" }, Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(JsonValueKind.Null, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("edited_at").ValueKind);
        Assert.Equal(["same"], await VersionsAsync(alice, post));
        Assert.Empty(await app.EventsAsync(PostEdited.Type, post, Ct));
    }

    [Fact]
    public async Task Edit_ByOthers_IsRefusedAsTheyMaySeeIt()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var open = await alice.PublishAsync("open", Ct);
        var closed = await alice.PublishAsync("closed", Ct, "followers");

        using var seen = await bob.EditAsync(open, new { content = "mine" }, Ct);
        using var unseen = await bob.EditAsync(closed, new { content = "mine" }, Ct);
        using var edits = await bob.Client.GetAsync(new Uri($"/v1/posts/{closed}/edits", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(seen, HttpStatusCode.Forbidden, Ct);
        await ProblemJson.AssertAsync(unseen, HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(edits, HttpStatusCode.NotFound, Ct);
        Assert.Equal(["open"], await VersionsAsync(bob, open));
    }

    [Fact]
    [Trait("Invariant", "16")]
    public async Task Edit_OfAPostForTheMentioned_KeepsItsHistoryFromThoseWhoCameLater()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser("latecomer"));
        var post = await alice.PublishAsync("for somebody else", Ct, "mentioned");

        (await alice.EditAsync(post, new { content = "for @latecomer" }, Ct)).EnsureSuccessStatusCode();

        Assert.Equal(["for @latecomer"], await VersionsAsync(bob, post));
        Assert.Equal(["for somebody else", "for @latecomer"], await VersionsAsync(alice, post));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"contnt":"a typo"}""")]
    [InlineData("""{"content":null}""")]
    public async Task Edit_NoTextNamed_IsRefusedAndTakesNoneAway(string body)
    {
        await app.StartStoreAsync();
        var alice = app.NewUser();
        var media = await alice.UploadAsync(Pictures.Png(1, 1), Ct);
        var post = await alice.PublishAsync(new { content = "look", media_ids = new[] { media } }, Ct);

        using var answer = await alice.Client.PatchAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "content");
        Assert.Equal("look", (await alice.ShowAsync(post, Ct)).GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\0b")]
    [InlineData("501")]
    public async Task Edit_TextThatNoPostMayHave_IsRefused(string content)
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("fine", Ct);

        using var answer = await alice.EditAsync(post, new { content = content == "501" ? new string('a', 501) : content }, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "content");
    }

    [Fact]
    public async Task Edit_DeletedPostOrRepost_IsRefused()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("gone soon", Ct);
        var repost = await alice.PublishAsync(new { repost_of = post.ToString() }, Ct);

        using var ofRepost = await alice.EditAsync(repost, new { content = "text" }, Ct);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct)).Dispose();
        using var ofDeleted = await alice.EditAsync(post, new { content = "text" }, Ct);

        await ProblemJson.AssertAsync(ofRepost, HttpStatusCode.BadRequest, Ct, "content");
        await ProblemJson.AssertAsync(ofDeleted, HttpStatusCode.NotFound, Ct);
    }

    [Fact]
    [Trait("Invariant", "17")]
    public async Task EditAndDelete_ManyAtOnce_LeaveATombstoneAndNoError()
    {
        var alice = app.NewUser();
        for (var round = 0; round < 5; round++)
        {
            // Its tags come and go with its text, and are rows that both would change.
            var post = await alice.PublishAsync("contested #a", Ct);
            List<Task<HttpResponseMessage>> calls = [.. Enumerable.Range(0, 6).Select(number => alice.EditAsync(post, new { content = number % 2 == 0 ? $"edit {number}" : $"edit #a #t{number}" }, Ct))];
            calls.Insert(3, alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct));
            var answers = await Task.WhenAll(calls);

            Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.NotFound]));
            Assert.Equal(HttpStatusCode.NoContent, answers[3].StatusCode);
            Assert.True(PostSnapshot.IsTombstone((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(post))));
            Assert.Empty((await app.BatchAsync(Ct, post)).Posts);
            Assert.Single(await app.EventsAsync(PostDeleted.Type, post, Ct));
            await using var command = app.Database.CreateCommand("SELECT count(*) FROM post_tags WHERE post_id = $1");
            command.Parameters.Add(new() { Value = post.Value });
            Assert.Equal(0L, await command.ExecuteScalarAsync(Ct));
            foreach (var answer in answers) answer.Dispose();
        }
    }

    [Fact]
    public async Task Edit_RedisAway_ShowsTheNewTextWhenItIsBack()
    {
        await using var own = new PostsApp();
        await own.InitializeAsync();
        var alice = own.NewUser();
        var post = await alice.PublishAsync("first", Ct);
        own.Redis.Pause();

        using var answer = await alice.EditAsync(post, new { content = "second" }, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("second", (await alice.ShowAsync(post, Ct)).GetProperty("content").GetString());
        Assert.DoesNotContain(own.Bus.Published, entry => entry.Message.Type == PostEdited.Type);

        own.Redis.Resume();

        // It had the old snapshot all the time: the event leaves after that was replaced.
        await Until.TrueAsync(() => own.Bus.Published.Any(entry => entry.Message.Type == PostEdited.Type), "the edit is published", Ct);
        Assert.Equal("second", PostSnapshot.Decode((byte[])(await own.Cache.StringGetAsync(PostKeys.Snapshot(post)))!).Content);
    }

    [Fact]
    public async Task Replace_OlderRevisionAfterANewerOne_IsIgnored()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("first", Ct);
        var old = Assert.Single((await app.BatchAsync(Ct, post)).Posts);
        (await alice.EditAsync(post, new { content = "second" }, Ct)).Dispose();
        var cache = app.Services.GetService(typeof(PostService.Posts.PostCache)) as PostService.Posts.PostCache;

        Assert.True(await cache!.ReplaceAsync([old], Ct));

        Assert.Equal(("second", 1), await CachedAsync(post));
    }

    private async Task<(string Content, int Revision)> CachedAsync(PostId post)
    {
        var snapshot = PostSnapshot.Decode((byte[])(await app.Cache.StringGetAsync(PostKeys.Snapshot(post)))!);
        return (snapshot.Content, snapshot.Revision);
    }

    private static async Task<IReadOnlyList<string?>> VersionsAsync(TestUser reader, PostId post) =>
        [.. (await reader.GetAsync($"/v1/posts/{post}/edits", Ct)).GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("content").GetString())];
}
