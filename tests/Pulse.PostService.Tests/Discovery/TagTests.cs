using Pulse.Contracts.Ids;

namespace Pulse.PostService.Tests.Discovery;

public sealed class TagTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_TagInAnyForm_IsTheSame()
    {
        var alice = app.NewUser();
        List<PostId> posts = [];
        foreach (var text in (string[])["#CaféTag", "#CAFE\u0301TAG", "＃ｃａｆéｔａｇ", "#cafétag, and #cafétag"]) posts.Insert(0, await alice.PublishAsync(text, Ct));
        await alice.PublishAsync("#cafetag #cafétags cafétag", Ct);

        foreach (var tag in (string[])["cafétag", "CAFÉTAG", "cafe\u0301tag", "#cafétag", "＃cafétag", "ｃａｆéｔａｇ"])
        {
            Assert.Equal(posts, await alice.WalkAsync($"/v1/tags/{Uri.EscapeDataString(tag)}/posts", Ct));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [Trait("Invariant", "5")]
    [Trait("Invariant", "8")]
    public async Task List_WalkWhileMoreCome_ShowsWhatWasThereOnce(int limit)
    {
        var alice = app.NewUser();
        var tag = $"walk{limit}";
        List<PostId> posts = [];
        for (var number = 0; number < 8; number++) posts.Insert(0, await alice.PublishAsync($"#{tag} {number}", Ct));

        Assert.Equal(posts, await alice.WalkAsync($"/v1/tags/{tag}/posts", Ct, limit, between: () => alice.PublishAsync($"#{tag}", Ct)));
    }

    [Fact]
    public async Task List_Edits_FollowTheText()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("#tt_before", Ct);

        (await alice.EditAsync(post, new { content = "#tt_after" }, Ct)).EnsureSuccessStatusCode();

        Assert.Empty(await alice.WalkAsync("/v1/tags/tt_before/posts", Ct));
        Assert.Equal([post], await alice.WalkAsync("/v1/tags/tt_after/posts", Ct));
    }

    [Fact]
    public async Task List_PostIsLimitedAndFreed_ShowsItAgain()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("#tt_limited", Ct);

        await app.LimitAsync(post, Ct);
        Assert.Empty(await app.NewUser().WalkAsync("/v1/tags/tt_limited/posts", Ct));
        await app.LimitAsync(post, Ct, limited: false);

        Assert.Equal([post], await app.NewUser().WalkAsync("/v1/tags/tt_limited/posts", Ct));
        Assert.Equal([post], await app.NewUser().WalkAsync("/v1/search/posts?q=tt_limited", Ct));
    }

    [Fact]
    public async Task List_NobodyUsesIt_IsEmpty() => Assert.Empty(await app.NewUser().WalkAsync("/v1/tags/tt_nobody/posts", Ct));
}
