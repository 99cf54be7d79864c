using System.Net;
using System.Net.Http.Json;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.SystemTests.Visibility;

/// <summary>
/// What three readers see of what the operator's rules are about: the author, somebody who follows him, and a stranger, who both follow somebody else that shares it.
/// </summary>
[Trait("Invariant", "16")]
public sealed class SafetyTests(RunningPulse pulse) : SystemTest(pulse)
{
    private const string Tag = "safetytests";

    // Where a reader of everything finds a post: its id is in the answer. Between braces who and what there is.
    private static readonly string[] Paths =
    [
        "/v1/posts/{post}",
        "/v1/posts/{post}/edits",
        "/v1/posts/{post}/thread",
        "/v1/posts/{parent}/thread",
        "/v1/posts/{quote}",
        "/v1/users/{author}/posts",
        "/v1/users/{sharer}/posts",
        "/v1/tags/{tag}/posts?limit=100",
        "/v1/search/posts?q={word}",
        "/v1/explore?limit=100",
        "/v1/feed?limit=100",
        "/v1/notifications",
    ];

    // Where a reader who may see a post must find it. What is popular is for others to find.
    private static readonly string[] Certain = ["/v1/posts/{post}", "/v1/posts/{post}/thread", "/v1/posts/{parent}/thread", "/v1/users/{author}/posts", "/v1/feed?limit=100"];

    [Fact]
    public async Task Post_OfAnOrdinaryAuthor_IsSeenByAll()
    {
        var scene = await OpenAsync("an ordinary text");

        await scene.AssertSeenAsync(scene.Author, Certain);
        await scene.AssertSeenAsync(scene.Follower, [.. Certain, "/v1/users/{sharer}/posts", "/v1/tags/{tag}/posts?limit=100", "/v1/search/posts?q={word}", "/v1/notifications"]);
        await scene.AssertSeenAsync(scene.Stranger, [.. Certain, "/v1/users/{sharer}/posts", "/v1/tags/{tag}/posts?limit=100", "/v1/search/posts?q={word}"]);
    }

    [Fact]
    public async Task Post_WithABlockedTermOrInAFlood_IsSeenByNobody()
    {
        var (author, follower, stranger) = await PeopleAsync();
        using (var refused = await author.Client.PostAsJsonAsync("/v1/posts", new { content = $"a {RunningPulse.BlockedTerm.ToUpperInvariant()} text" }, Ct)) await AssertRefusedAsync(refused, "blocked-term");

        List<string> taken = [];
        while (true)
        {
            using var answer = await author.Client.PostAsJsonAsync("/v1/posts", new { content = "The same long text, again and again" }, Ct);
            if (answer.StatusCode == HttpStatusCode.BadRequest)
            {
                await AssertRefusedAsync(answer, "duplicate-flood");
                break;
            }

            taken.Add((await answer.MustJsonAsync(Ct)).GetProperty("id").GetString()!);
            Assert.True(taken.Count <= 5, "No flood is refused.");
        }

        foreach (var reader in (PulseUser[])[author, follower, stranger])
        {
            using var page = await reader.Client.GetAsync($"/v1/users/{author.Id}/posts", Ct);
            Assert.Equal(taken.AsEnumerable().Reverse(), (await page.MustJsonAsync(Ct)).GetProperty("posts").EnumerateArray().Select(post => post.GetProperty("id").GetString()));
        }

        await follower.FeedUntilAsync(page => page.Ids.Intersect(taken).Count() == taken.Count, "what was taken has arrived", Ct);
    }

    [Fact]
    public async Task Post_WithALimitedTerm_IsSeenByItsAuthorAlone()
    {
        var scene = await OpenAsync($"a text with a {RunningPulse.LimitedTerm}");

        await scene.AssertSeenAsync(scene.Author, Certain);
        await scene.AssertHiddenAsync(scene.Follower, Paths);
        await scene.AssertHiddenAsync(scene.Stranger, Paths);
    }

    [Fact]
    public async Task Post_OfALimitedAuthor_IsSeenByHimAndHisFollowersAlone()
    {
        var scene = await OpenAsync("a text of somebody who is limited");
        var chief = await Pulse.NewUserAsync(Ct);
        await Pulse.Command.MustAsync($"admin grant {chief.Username}", Ct);
        chief = await Pulse.LogInAsync(chief.Username, "password123", Ct);

        using (var limited = await chief.Client.PostAsync($"/v1/admin/users/{scene.Author.Id}/limit", content: null, Ct)) await limited.MustJsonAsync(Ct);

        await scene.AssertSeenAsync(scene.Author, Certain);
        await scene.AssertSeenAsync(scene.Follower, [.. Certain, "/v1/users/{sharer}/posts"]);
        await scene.AssertHiddenAsync(scene.Stranger, Paths);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, string rule) =>
        Assert.Equal(rule, (await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "content")).GetProperty("rule").GetString());

    private async Task<(PulseUser Author, PulseUser Follower, PulseUser Stranger)> PeopleAsync()
    {
        var users = await Pulse.NewUsersAsync(3, Ct);
        await users[1].FollowAsync(users[0], Ct);
        return (users[0], users[1], users[2]);
    }

    /// <summary>The author's post answers one of the stranger's and names the follower; whoever shares reposts and quotes it, if he may.</summary>
    private async Task<SafetyScene> OpenAsync(string text)
    {
        var (author, follower, stranger) = await PeopleAsync();
        var sharer = await Pulse.NewUserAsync(Ct);
        await follower.FollowAsync(sharer, Ct);
        await stranger.FollowAsync(sharer, Ct);
        await sharer.FollowAsync(author, Ct);
        var word = $"word{Random.Shared.NextInt64():x}";
        var parent = await stranger.PostAsync("parent", Ct);
        var post = await author.PostAsync(new { content = $"{text} {word} #{Tag} @{follower.Username}", in_reply_to = parent }, Ct);
        using var repost = await sharer.Client.PostAsJsonAsync("/v1/posts", new { repost_of = post }, Ct);
        using var quoting = await sharer.Client.PostAsJsonAsync("/v1/posts", new { content = "look", quote_of = post }, Ct);
        Assert.Equal(repost.StatusCode, quoting.StatusCode);
        var quote = quoting.IsSuccessStatusCode ? (await quoting.MustJsonAsync(Ct)).GetProperty("id").GetString()! : post;
        // What comes after it has arrived, so it would have, too.
        var last = await sharer.PostAsync("last", Ct);
        foreach (var reader in (PulseUser[])[follower, stranger]) await reader.FeedUntilAsync(page => page.Ids.Contains(last), "the last post has arrived", Ct);
        return new SafetyScene(author, follower, stranger, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["post"] = post,
            ["parent"] = parent,
            ["quote"] = quote,
            ["author"] = author.Id,
            ["sharer"] = sharer.Id,
            ["tag"] = Tag,
            ["word"] = word,
        });
    }

    private sealed record SafetyScene(PulseUser Author, PulseUser Follower, PulseUser Stranger, IReadOnlyDictionary<string, string> Names)
    {
        public async Task AssertSeenAsync(PulseUser reader, IEnumerable<string> paths)
        {
            foreach (var path in paths) await Until.TrueAsync(async () => await ShowsAsync(reader, path), $"{path} shows the post", Ct);
        }

        public async Task AssertHiddenAsync(PulseUser reader, IEnumerable<string> paths)
        {
            foreach (var path in paths) Assert.False(await ShowsAsync(reader, path), $"{path} shows the post.");
        }

        // What it says tells a post from its bare id, which a quote names even when it is gone.
        private async Task<bool> ShowsAsync(PulseUser reader, string path)
        {
            foreach (var (name, value) in Names) path = path.Replace($"{{{name}}}", value, StringComparison.Ordinal);
            using var answer = await reader.Client.GetAsync(path, Ct);
            var body = await answer.Content.ReadAsStringAsync(Ct);
            Assert.True((int)answer.StatusCode is 200 or 404, $"{path}: {(int)answer.StatusCode} {body}");
            return body.Contains(Names["word"], StringComparison.Ordinal);
        }
    }
}
