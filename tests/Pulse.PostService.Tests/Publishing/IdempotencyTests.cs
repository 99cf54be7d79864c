using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Publishing;

public sealed class IdempotencyTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "29")]
    public async Task Create_SameKeyAndBody_IsOnePost()
    {
        var alice = app.NewUser();

        using var first = await alice.PostAsync(new { content = "once" }, "key", Ct);
        using var again = await alice.PostAsync(new { content = "once" }, "key", Ct);
        // Written differently, and asking for the same.
        using var old = await alice.PostAsync(new { text = "once", vis = "public" }, "key", Ct);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode, old.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(Ct), await again.Content.ReadAsStringAsync(Ct));
        Assert.Equal(await IdAsync(first), await IdAsync(old));
        Assert.Single(await OfAsync(alice));
    }

    [Fact]
    [Trait("Invariant", "29")]
    public async Task Create_SameKeyAnotherBody_IsAConflict()
    {
        var alice = app.NewUser();
        (await alice.PostAsync(new { content = "once" }, "key", Ct)).Dispose();

        foreach (var other in (object[])[new { content = "twice" }, new { content = "once", visibility = "followers" }])
        {
            using var refused = await alice.PostAsync(other, "key", Ct);
            Assert.Equal("/problems/idempotency-key-reused", (await ProblemJson.AssertAsync(refused, HttpStatusCode.Conflict, Ct)).GetProperty("type").GetString());
        }

        Assert.Single(await OfAsync(alice));
    }

    [Fact]
    [Trait("Invariant", "29")]
    public async Task Create_KeyOfSomebodyElse_IsAnotherOne()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());

        using var hers = await alice.PostAsync(new { content = "once" }, "key", Ct);
        using var his = await bob.PostAsync(new { content = "twice" }, "key", Ct);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (hers.StatusCode, his.StatusCode));
    }

    [Fact]
    [Trait("Invariant", "29")]
    public async Task Create_ManyAtTheSameMoment_AreOnePost()
    {
        var alice = app.NewUser();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => alice.PostAsync(new { content = "once" }, "key", Ct)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        var id = Assert.Single((await Task.WhenAll(answers.Select(IdAsync))).Distinct());
        Assert.Equal(id, Assert.Single(await OfAsync(alice)));
        Assert.Single(await app.EventsAsync(PostPublished.Type, id, Ct));
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    [Trait("Invariant", "29")]
    public async Task Create_KeyOfYesterday_IsNewAgain()
    {
        var alice = app.NewUser();
        using var first = await alice.PostAsync(new { content = "once" }, "key", Ct);
        await AgeAsync(alice, TimeSpan.FromHours(23.9));
        using var same = await alice.PostAsync(new { content = "once" }, "key", Ct);
        Assert.Equal(await IdAsync(first), await IdAsync(same));

        await AgeAsync(alice, TimeSpan.FromHours(0.1));

        using var later = await alice.PostAsync(new { content = "another" }, "key", Ct);
        Assert.Equal(HttpStatusCode.Created, later.StatusCode);
        Assert.NotEqual(await IdAsync(first), await IdAsync(later));
    }

    [Fact]
    public async Task Create_PostOfTheKeyIsDeleted_SaysSoAndPublishesNothing()
    {
        var alice = app.NewUser();
        using var first = await alice.PostAsync(new { content = "once" }, "key", Ct);
        (await alice.Client.DeleteAsync(first.Headers.Location, Ct)).Dispose();

        using var again = await alice.PostAsync(new { content = "once" }, "key", Ct);

        await ProblemJson.AssertAsync(again, HttpStatusCode.NotFound, Ct);
        Assert.Empty(await OfAsync(alice));
    }

    [Fact]
    public async Task Create_RepostThatStoodAlready_RemembersItsKey()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var (original, other) = (await bob.PublishAsync("original", Ct), await bob.PublishAsync("other", Ct));
        (await alice.Client.PutAsync($"/v1/posts/{original}/repost", content: null, Ct)).EnsureSuccessStatusCode();

        using var first = await alice.PostAsync(new { repost_of = original.ToString() }, "key", Ct);
        (await alice.Client.DeleteAsync($"/v1/posts/{original}/repost", Ct)).EnsureSuccessStatusCode();
        using var again = await alice.PostAsync(new { repost_of = original.ToString() }, "key", Ct);
        using var another = await alice.PostAsync(new { repost_of = other.ToString() }, "key", Ct);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await ProblemJson.AssertAsync(again, HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(another, HttpStatusCode.Conflict, Ct);
        Assert.Empty(await OfAsync(alice));
    }

    [Fact]
    public async Task Create_RefusedRequest_LeavesItsKeyFree()
    {
        var alice = app.NewUser();
        using var refused = await alice.PostAsync(new { content = "", in_reply_to = "42" }, "key", Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.BadRequest, Ct);

        using var taken = await alice.PostAsync(new { content = "better" }, "key", Ct);

        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("tab\there")]
    [InlineData("256")]
    public async Task Create_KeyThatIsNone_IsRefused(string key)
    {
        var alice = app.NewUser();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/posts") { Content = JsonContent.Create(new { content = "once" }) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key == "256" ? new string('k', 256) : key);

        using var answer = await alice.Client.SendAsync(request, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "Idempotency-Key");
        Assert.Empty(await OfAsync(alice));
    }

    private static async Task<PostId> IdAsync(HttpResponseMessage answer) =>
        PostId.Parse(JsonElement.Parse(await answer.Content.ReadAsStringAsync(Ct)).GetProperty("id").GetString()!, provider: null);

    private static async Task<IReadOnlyList<PostId>> OfAsync(TestUser author) =>
        [.. (await author.GetAsync($"/v1/users/{author.Id}/posts", Ct)).GetProperty("posts").EnumerateArray().Select(post => PostId.Parse(post.GetProperty("id").GetString()!, provider: null))];

    private async Task AgeAsync(TestUser user, TimeSpan time)
    {
        await using var command = app.Database.CreateCommand("UPDATE idempotency_keys SET created_at = created_at - $1 WHERE user_id = $2");
        command.Parameters.Add(new() { Value = time });
        command.Parameters.Add(new() { Value = user.Id.Value });
        await command.ExecuteNonQueryAsync(Ct);
    }
}
