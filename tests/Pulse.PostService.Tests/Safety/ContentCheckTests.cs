using System.Net;
using System.Text.Json;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.PostService.Tests.Media;
using Pulse.PostService.Tests.Safety;
using Pulse.TestInfrastructure.Http;

[assembly: AssemblyFixture(typeof(SafeApp))]

namespace Pulse.PostService.Tests.Safety;

/// <summary>PostService with terms and narrow limits.</summary>
public sealed class SafeApp : IAsyncLifetime
{
    internal PostsApp App { get; } = new()
    {
        Settings = new()
        {
            ["Safety:BlockedTerms:0"] = "forbidden",
            ["Safety:LimitedTerms:0"] = "doubtful",
            ["Safety:MaxSameTexts"] = "2",
            ["Safety:MaxPostsWithLinks"] = "2",
            ["Safety:MaxLinks"] = "3",
        },
    };

    public ValueTask InitializeAsync() => App.InitializeAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class ContentCheckTests(SafeApp safe)
{
    private const string Long = "A text that is long enough to be told from others";

    private readonly PostsApp _app = safe.App;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("This is FORBIDDEN.", "blocked-term")]
    [InlineData("f o r b i d d e n", "blocked-term")]
    [InlineData("http://a.example https://b.example www.c.example http://d.example", "too-many-links")]
    public async Task Create_AgainstARule_IsRefusedWithTheRule(string content, string rule)
    {
        var alice = _app.NewUser();
        var post = await alice.PublishAsync("fine", Ct);

        using var created = await alice.PostAsync(new { content }, Ct);
        using var edited = await alice.EditAsync(post, new { content }, Ct);

        await AssertRefusedAsync(created, rule);
        await AssertRefusedAsync(edited, rule);
        Assert.Equal("fine", Assert.Single(await TextsAsync(alice, alice)));
    }

    [Fact]
    public async Task Create_LimitedTerm_IsForItsAuthorAloneOnEveryPath()
    {
        var (alice, follower, stranger) = (_app.NewUser(), _app.NewUser(), _app.NewUser());
        _app.Users.Follow(follower.Id, alice.Id);
        var parent = await stranger.PublishAsync("parent", Ct);

        using var answer = await alice.PostAsync(new { content = "rather doubtful #limits", in_reply_to = parent.ToString() }, Ct);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var post = PostId.Parse(JsonElement.Parse(await answer.Content.ReadAsStringAsync(Ct)).GetProperty("id").GetString()!, provider: null);
        await AssertLimitedAsync(alice, [follower, stranger], post);
        Assert.Equal(0, (await stranger.ShowAsync(parent, Ct)).GetProperty("replies_count").GetInt32());
        Assert.True(Assert.Single(await _app.EventsAsync(PostPublished.Type, post, Ct)).GetProperty("data").GetProperty("limited").GetBoolean());
        foreach (var body in (object[])[new { repost_of = post.ToString() }, new { content = "see", quote_of = post.ToString() }, new { content = "so?", in_reply_to = post.ToString() }])
        {
            using var shared = await follower.PostAsync(body, Ct);
            await ProblemJson.AssertAsync(shared, HttpStatusCode.BadRequest, Ct);
        }
    }

    [Fact]
    public async Task Edit_ToALimitedTerm_HidesThePostAndStaysSo()
    {
        var (alice, stranger) = (_app.NewUser(), _app.NewUser());
        var parent = await stranger.PublishAsync("parent", Ct);
        var post = await alice.PublishAsync(new { content = "fine #edits", in_reply_to = parent.ToString() }, Ct);
        Assert.Equal(1, (await stranger.ShowAsync(parent, Ct)).GetProperty("replies_count").GetInt32());

        (await alice.EditAsync(post, new { content = "doubtful #edits" }, Ct)).Dispose();
        await AssertLimitedAsync(alice, [stranger], post);
        Assert.Equal(0, (await stranger.ShowAsync(parent, Ct)).GetProperty("replies_count").GetInt32());

        (await alice.EditAsync(post, new { content = "fine again #edits" }, Ct)).Dispose();
        await AssertLimitedAsync(alice, [stranger], post);

        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct)).Dispose();
        Assert.Equal(0, (await stranger.ShowAsync(parent, Ct)).GetProperty("replies_count").GetInt32());
    }

    [Fact]
    public async Task Create_SameTextTooOften_IsRefusedHoweverWritten()
    {
        var (alice, bob) = (_app.NewUser(), _app.NewUser());
        await alice.PublishAsync(Long, Ct);
        await alice.PublishAsync(Long.ToUpperInvariant() + "!", Ct);

        using var third = await alice.PostAsync(new { content = $"  {Long}" }, Ct);

        await AssertRefusedAsync(third, "duplicate-flood");
        await alice.PublishAsync("Another text that is long enough as well", Ct);
        await bob.PublishAsync(Long, Ct);
        for (var time = 0; time < 5; time++) await alice.PublishAsync("thank you", Ct);
    }

    [Fact]
    public async Task Create_SameTextManyTimesAtOnce_AreNoMoreThanAllowed()
    {
        var alice = _app.NewUser();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => alice.PostAsync(new { content = Long }, Ct)));

        Assert.Equal(2, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    [Trait("Invariant", "29")]
    public async Task Create_OneRequestManyTimesAtOnce_IsNoFlood()
    {
        var alice = _app.NewUser();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => alice.PostAsync(new { content = Long }, "key", Ct)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(11, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        await alice.PublishAsync(Long, Ct);
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Create_SameTextAfterTheWindow_IsTakenAgain()
    {
        var alice = _app.NewUser();
        await alice.PublishAsync(Long, Ct);
        await alice.PublishAsync(Long, Ct);
        await using (var command = _app.Database.CreateCommand("UPDATE flood_counts SET began_at = began_at - interval '11 minutes' WHERE author_id = $1"))
        {
            command.Parameters.Add(new() { Value = alice.Id.Value });
            await command.ExecuteNonQueryAsync(Ct);
        }

        await alice.PublishAsync(Long, Ct);
        await alice.PublishAsync(Long, Ct);
        using var fifth = await alice.PostAsync(new { content = Long }, Ct);

        await AssertRefusedAsync(fifth, "duplicate-flood");
    }

    [Fact]
    public async Task Create_LinksTooOften_AreForTheirAuthorAlone()
    {
        var (alice, stranger) = (_app.NewUser(), _app.NewUser());
        for (var number = 1; number <= 2; number++) await stranger.ShowAsync(await alice.PublishAsync($"https://example.org/{number}", Ct), Ct);

        var third = await alice.PublishAsync("https://example.org/3", Ct);

        await AssertLimitedAsync(alice, [stranger], third);
        await stranger.ShowAsync(await alice.PublishAsync("no link", Ct), Ct);
    }

    [Fact]
    public async Task Create_RedisAway_FloodsAreCountedAllTheSame()
    {
        await using var own = new PostsApp { Settings = new() { ["Safety:MaxSameTexts"] = "2" } };
        await own.InitializeAsync();
        await own.Redis.KillAsync(Ct);
        var alice = own.NewUser();
        await alice.PublishAsync(Long, Ct);
        await alice.PublishAsync(Long, Ct);

        using var third = await alice.PostAsync(new { content = Long }, Ct);

        await AssertRefusedAsync(third, "duplicate-flood");
    }

    [Fact]
    public async Task Create_AltTextAgainstARule_IsRefusedOrLimitedAsItsOwnTextWouldBe()
    {
        await _app.StartStoreAsync();
        var (alice, stranger) = (_app.NewUser(), _app.NewUser());
        string[] media = [await UploadAsync("a forbidden duck"), await UploadAsync("a doubtful duck")];

        using var refused = await alice.PostAsync(new { content = "ducks", media_ids = new[] { media[0] } }, Ct);
        var limited = await alice.PublishAsync(new { media_ids = new[] { media[1] } }, Ct);

        await AssertRefusedAsync(refused, "blocked-term");
        await AssertLimitedAsync(alice, [stranger], limited);

        async Task<string> UploadAsync(string altText)
        {
            var picture = Pictures.Png(1, 1);
            var announced = await alice.AnnounceAsync(picture, Ct, altText: altText);
            Assert.Equal(HttpStatusCode.OK, await announced.PutAsync(picture, Ct));
            return announced.Id;
        }
    }

    [Fact]
    public async Task Share_OwnLimitedPost_GoesOnAndShowsItToNobodyElse()
    {
        var (alice, follower) = (_app.NewUser(), _app.NewUser());
        _app.Users.Follow(follower.Id, alice.Id);
        var limited = await alice.PublishAsync("rather doubtful", Ct);

        var quote = await alice.PublishAsync(new { content = "as I said", quote_of = limited.ToString() }, Ct);
        using var reposted = await alice.Client.PutAsync($"/v1/posts/{limited}/repost", content: null, Ct);

        Assert.True(reposted.IsSuccessStatusCode, $"{reposted.StatusCode}");
        Assert.Equal(limited.ToString(), (await alice.ShowAsync(quote, Ct)).GetProperty("quote_of").GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Null, (await follower.ShowAsync(quote, Ct)).GetProperty("quote_of").ValueKind);
        Assert.Equal(["as I said"], await TextsAsync(follower, alice));
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, string rule)
    {
        var problem = await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "content");
        Assert.Equal(("/problems/content-rejected", rule), (problem.GetProperty("type").GetString(), problem.GetProperty("rule").GetString()));
    }

    // The author notices nothing, and nobody else notices the post.
    private static async Task AssertLimitedAsync(TestUser author, TestUser[] others, PostId post)
    {
        await author.ShowAsync(post, Ct);
        Assert.Contains(post.ToString(), (await author.GetAsync($"/v1/users/{author.Id}/posts", Ct)).ToString(), StringComparison.Ordinal);
        foreach (var other in others)
        {
            foreach (var path in (string[])[$"/v1/posts/{post}", $"/v1/posts/{post}/edits", $"/v1/posts/{post}/thread"])
            {
                using var hidden = await other.Client.GetAsync(new Uri(path, UriKind.Relative), Ct);
                await ProblemJson.AssertAsync(hidden, HttpStatusCode.NotFound, Ct);
            }

            foreach (var path in (string[])[$"/v1/users/{author.Id}/posts", "/v1/tags/limits/posts", "/v1/tags/edits/posts", "/v1/search/posts?q=doubtful", "/v1/search/posts?q=again", "/v1/explore"])
            {
                Assert.DoesNotContain(post.ToString(), (await other.GetAsync(path, Ct)).ToString(), StringComparison.Ordinal);
            }
        }
    }

    private static async Task<IReadOnlyList<string?>> TextsAsync(TestUser reader, TestUser author) =>
        [.. (await reader.GetAsync($"/v1/users/{author.Id}/posts", Ct)).GetProperty("posts").EnumerateArray().Select(post => post.GetProperty("content").GetString())];
}
