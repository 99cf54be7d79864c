using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.PostService.Showing;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Posts;

public sealed class AuthorPostsTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [Trait("Invariant", "8")]
    public async Task List_Walk_ShowsEveryVisiblePostOnceNewestFirst(int limit)
    {
        var (alice, follower, stranger) = (app.NewUser(), app.NewUser(), app.NewUser());
        app.Users.Follow(follower.Id, alice.Id);
        List<PostId> open = [];
        List<PostId> all = [];
        for (var i = 0; i < 24; i++)
        {
            var isOpen = i % 5 == 0;
            var post = await alice.PublishAsync($"post {i}", Ct, isOpen ? "public" : "followers");
            all.Insert(0, post);
            if (isOpen) open.Insert(0, post);
        }

        var gone = await alice.PublishAsync("soon gone", Ct);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{gone}", UriKind.Relative), Ct)).Dispose();
        using var anonymous = app.Client(token: null);

        Assert.Equal(all, await WalkAsync(alice.Client, alice.Id, limit));
        Assert.Equal(all, await WalkAsync(follower.Client, alice.Id, limit));
        Assert.Equal(open, await WalkAsync(stranger.Client, alice.Id, limit));
        Assert.Equal(open, await WalkAsync(anonymous, alice.Id, limit));
    }

    [Fact]
    [Trait("Invariant", "6")]
    public async Task List_MoreHiddenPostsThanOnePageLooksAt_WalkReachesTheOldOnes()
    {
        var alice = app.NewUser();
        // Of a time in which no other test mints ids.
        var oldest = new PostId(Snowflake.FirstAt(new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero)));
        await using (var command = app.Database.CreateCommand(
            "INSERT INTO posts (id, author_id, content, visibility, created_at) SELECT $1 + n, $2, 'x', least(n, 1), now() FROM generate_series(0, $3) n"))
        {
            command.Parameters.Add(new() { Value = oldest.Value });
            command.Parameters.Add(new() { Value = alice.Id.Value });
            command.Parameters.Add(new() { Value = ShownPages.MaxScanned + 50 });
            await command.ExecuteNonQueryAsync(Ct);
        }

        using var anonymous = app.Client(token: null);

        Assert.Equal([oldest], await WalkAsync(anonymous, alice.Id, 20));
    }

    [Fact]
    public async Task List_UserWithoutPosts_IsEmptyAndUnknownUserNotFound()
    {
        var alice = app.NewUser();

        using var empty = await alice.Client.GetAsync(new Uri($"/v1/users/{alice.Id}/posts", UriKind.Relative), Ct);
        using var unknown = await alice.Client.GetAsync(new Uri("/v1/users/42/posts", UriKind.Relative), Ct);

        Assert.Equal("""{"posts":[],"next_cursor":null,"has_more":false}""", await empty.Content.ReadAsStringAsync(Ct));
        await ProblemJson.AssertAsync(unknown, HttpStatusCode.NotFound, Ct);
    }

    private static async Task<List<PostId>> WalkAsync(HttpClient client, UserId author, int limit)
    {
        List<PostId> walked = [];
        string? cursor = null;
        do
        {
            var query = cursor is null ? "" : $"&cursor={cursor}";
            using var answer = await client.GetAsync(new Uri($"/v1/users/{author}/posts?limit={limit}{query}", UriKind.Relative), Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
            var posts = page.GetProperty("posts").EnumerateArray().ToList();
            Assert.True(posts.Count <= limit);
            walked.AddRange(posts.Select(post => PostId.Parse(post.GetProperty("id").GetString()!, provider: null)));
            cursor = page.GetProperty("next_cursor").GetString();
            Assert.Equal(cursor is not null, page.GetProperty("has_more").GetBoolean());
        }
        while (cursor is not null);
        return walked;
    }
}
