using System.Net;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Discovery;

public sealed class SearchTests(PostsApp app)
{
    private const string Nothing = "!!!";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Hello, world!", "world", true)]
    [InlineData("Hello, world!", "WORLD hello", true)]
    [InlineData("Hello, world!", "worlds", false)]
    [InlineData("Hello, world!", "hello there", false)]
    [InlineData("“Quoted”—dashed…", "quoted dashed", true)]
    [InlineData("Ünïcode CAFÉ", "unicode cafe", true)]
    [InlineData("unicode cafe", "ÜNÏCODE café", true)]
    [InlineData("Straße", "strasse", true)]
    [InlineData("ΟΔΟΣ", "οδος", true)]
    [InlineData("Ｆｕｌｌ ｗｉｄｔｈ", "full", true)]
    [InlineData("これは日本語です。", "日本語", true)]
    [InlineData("これは日本語です。", "日語", false)]
    [InlineData("これは日本語です。", "本日", false)]
    [InlineData("我喜欢中文", "喜欢", true)]
    [InlineData("ฉันรักแมว", "รัก", true)]
    [InlineData("한국어 공부", "한국어", true)]
    [InlineData("हिन्दी में", "हिन्दी", true)]
    [InlineData("שלום עולם", "עולם", true)]
    [InlineData("so happy 😀🎉", "🎉", true)]
    [InlineData("so happy 😀", "🎉", false)]
    [InlineData("C++ costs $5 = 5€", "c", true)]
    [InlineData("C++ costs $5 = 5€", "5", true)]
    [InlineData("see https://example.com/path?x=1", "example.com", true)]
    [InlineData("see https://example.com/path?x=1", "path", true)]
    [InlineData("#SomeTag", "sometag", true)]
    [InlineData("don't", "don't", true)]
    [InlineData("one two three", "\"two three\"", true)]
    [InlineData("one two three", "\"three two\"", false)]
    [InlineData("one two three", "one -four", true)]
    [InlineData("one two three", "one -two", false)]
    [InlineData("one two three", "-four", true)]
    [InlineData("one two three", "one -\"two three\"", false)]
    [InlineData("one two three", "four OR two", true)]
    [InlineData("one two three", "four OR five", false)]
    [InlineData("one two three", "two ... !!!", true)]
    [InlineData("one two three", Nothing, false)]
    [InlineData("it's ' \\ : & | ! ( ) <->", "' & | ! : ( ) \\ <-> it's", true)]
    public async Task Search_Words_FindTheTextsThatHaveThem(string text, string query, bool found)
    {
        // Each row finds its own post alone, by a word that no other has.
        var alice = app.NewUser();
        var own = $"own{alice.Id}";
        var post = await alice.PublishAsync($"{text} {own}", Ct);

        // Of alternatives, each.
        var narrowed = query == Nothing ? query : query.Replace(" OR ", $" {own} OR ", StringComparison.Ordinal) + " " + own;
        var walked = await alice.WalkAsync($"/v1/search/posts?q={Uri.EscapeDataString(narrowed)}", Ct);

        Assert.Equal(found ? [post] : [], walked);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [Trait("Invariant", "5")]
    [Trait("Invariant", "8")]
    public async Task Search_WalkWhileMoreCome_ShowsWhatWasThereOnce(int limit)
    {
        var alice = app.NewUser();
        List<PostId> posts = [];
        for (var number = 0; number < 8; number++) posts.Insert(0, await alice.PublishAsync($"walked{limit} {number}", Ct));

        Assert.Equal(posts, await alice.WalkAsync($"/v1/search/posts?q=walked{limit}", Ct, limit, between: () => alice.PublishAsync($"walked{limit}", Ct)));
    }

    /// <summary>Through every length of the moments that a search looks at, and over their borders.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [Trait("Invariant", "8")]
    public async Task Search_PostsOfManyMonths_AreFoundOnceNewestFirst(int limit)
    {
        var alice = app.NewUser();
        var word = $"months{limit}";
        var begin = new DateTimeOffset(2025, 2, 1, 0, 0, 0, TimeSpan.Zero).AddDays(limit);
        List<PostId> posts = [await alice.PublishAsync(word, Ct)];
        // Farther and farther apart: seconds, hours, weeks.
        for (var gap = TimeSpan.FromSeconds(1); gap < TimeSpan.FromDays(200); gap *= 1.7) posts.Add(new PostId(Snowflake.FirstAt(begin + gap) + limit));
        await using (var command = app.Database.CreateCommand("INSERT INTO posts (id, author_id, content, visibility, created_at) SELECT id, $2, $3, 0, now() FROM unnest($1) id"))
        {
            command.Parameters.Add(new() { Value = posts.Skip(1).Select(post => post.Value).ToArray() });
            command.Parameters.Add(new() { Value = alice.Id.Value });
            command.Parameters.Add(new() { Value = word });
            await command.ExecuteNonQueryAsync(Ct);
        }

        Assert.Equal(posts.OrderDescending(), await alice.WalkAsync($"/v1/search/posts?q={word}", Ct, limit));
    }

    [Fact]
    public async Task Search_Edits_FollowTheText()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("st_before", Ct);

        (await alice.EditAsync(post, new { content = "st_after" }, Ct)).EnsureSuccessStatusCode();

        Assert.Empty(await alice.WalkAsync("/v1/search/posts?q=st_before", Ct));
        Assert.Equal([post], await alice.WalkAsync("/v1/search/posts?q=st_after", Ct));
    }

    [Fact]
    public async Task Search_TagsAndAuthors_NarrowIt()
    {
        var (alice, bob) = (app.NewUser("st_alice"), app.NewUser("st_bob"));
        var (plain, tagged, both) = (await alice.PublishAsync("stword", Ct), await alice.PublishAsync("stword #sttag", Ct), await alice.PublishAsync("stword #sttag #stother", Ct));
        var (his, other) = (await bob.PublishAsync("stword #sttag", Ct), await alice.PublishAsync("nothing #sttag", Ct));

        Assert.Equal([his, both, tagged, plain], await SearchAsync("stword"));
        Assert.Equal([other, his, both, tagged], await SearchAsync("#sttag"));
        Assert.Equal([his, both, tagged], await SearchAsync("#STTAG stword"));
        Assert.Equal([both], await SearchAsync("#sttag #stother"));
        Assert.Equal([other, both, tagged, plain], await SearchAsync("from:st_alice"));
        Assert.Equal([both, tagged, plain], await SearchAsync("from:@ST_Alice stword"));
        Assert.Equal([his], await SearchAsync("from:st_bob #sttag"));
        Assert.Equal([other], await SearchAsync("from:st_alice #sttag -stword"));
        Assert.Empty(await SearchAsync("from:st_alice from:st_bob"));
        Assert.Empty(await SearchAsync("from:st_nobody"));

        Task<List<PostId>> SearchAsync(string query) => alice.WalkAsync($"/v1/search/posts?q={Uri.EscapeDataString(query)}", Ct, limit: 2);
    }

    /// <summary>A page looks at so many places, and one that finds nothing among them is not the last.</summary>
    [Fact]
    [Trait("Invariant", "6")]
    public async Task Search_RareWordOfAnAuthorOfMany_IsReachedByTheWalk()
    {
        var alice = app.NewUser("st_writer");
        var oldest = new PostId(Snowflake.FirstAt(new DateTimeOffset(2025, 6, 3, 0, 0, 0, TimeSpan.Zero)));
        await using (var command = app.Database.CreateCommand(
            "INSERT INTO posts (id, author_id, content, visibility, created_at) SELECT $1 + n, $2, CASE n WHEN 0 THEN 'needle' ELSE 'hay' END, 0, now() FROM generate_series(0, 1100) n"))
        {
            command.Parameters.Add(new() { Value = oldest.Value });
            command.Parameters.Add(new() { Value = alice.Id.Value });
            await command.ExecuteNonQueryAsync(Ct);
        }

        Assert.Equal([oldest], await alice.WalkAsync("/v1/search/posts?q=needle%20from:st_writer", Ct));
    }

    [Fact]
    public async Task Search_FromWhileUserServiceIsAway_IsUnavailable()
    {
        await using var alone = new PostsApp();
        await alone.InitializeAsync();
        var alice = alone.NewUser("alice");
        alone.Users.IsAway = true;

        using var answer = await alice.Client.GetAsync(new Uri("/v1/search/posts?q=from:alice", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.NotNull(answer.Headers.RetryAfter);
    }
}
