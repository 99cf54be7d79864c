using System.Net;
using System.Net.Http.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.PostService.Tests.Engagement;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Exporting;

public sealed class ExportPagesTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_OfEveryKind_AreTheUsersOwnAndEnd()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var begun = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(1);
        PostId[] posts = [await alice.PublishAsync("one", Ct), await alice.PublishAsync("two", Ct), await alice.PublishAsync("three", Ct)];
        foreach (var post in posts) await bob.DoAsync("like", post, Ct).OkAsync(Ct);
        await alice.DoAsync("like", posts[0], Ct).OkAsync(Ct);
        await bob.DoAsync("bookmark", posts[1], Ct).OkAsync(Ct);
        foreach (var text in (string[])["two, edited", "two, edited again"]) (await alice.Client.PatchAsJsonAsync(new Uri($"/v1/posts/{posts[1]}", UriKind.Relative), new { content = text }, Ct)).EnsureSuccessStatusCode().Dispose();

        var likes = (await PageAsync<OwnedLikePage>(bob, "likes")).Likes;
        Assert.Equal(posts, likes.Select(like => like.PostId));
        Assert.All(likes, like => Assert.InRange(like.LikedAt, begun, TimeProvider.System.GetUtcNow()));
        Assert.Equal([posts[2]], (await PageAsync<OwnedLikePage>(bob, "likes", posts[1])).Likes.Select(like => like.PostId));
        Assert.Empty((await PageAsync<OwnedLikePage>(bob, "likes", posts[2])).Likes);
        var bookmark = Assert.Single((await PageAsync<OwnedBookmarkPage>(bob, "bookmarks")).Bookmarks);
        Assert.Equal(posts[1], bookmark.PostId);
        // The time of an id, which may run ahead.
        Assert.InRange(bookmark.BookmarkedAt, begun, DateTimeOffset.MaxValue);
        Assert.Empty((await PageAsync<OwnedBookmarkPage>(bob, "bookmarks", posts[1])).Bookmarks);
        var edits = (await PageAsync<OwnedEditPage>(alice, "edits")).Edits;
        Assert.Equal([(posts[1], "two"), (posts[1], "two, edited")], edits.Select(edit => (edit.PostId, edit.Content)));
        Assert.Empty((await PageAsync<OwnedEditPage>(alice, "edits", posts[1])).Edits);
        Assert.Empty((await PageAsync<OwnedEditPage>(bob, "edits")).Edits);
    }

    [Theory]
    [InlineData("likes")]
    [InlineData("bookmarks")]
    [InlineData("edits")]
    public async Task Pages_AskedWrongly_AreProblems(string list)
    {
        var alice = app.NewUser();
        using var client = app.InternalClient();
        using var bad = await client.GetAsync(new Uri($"/internal/authors/{alice.Id}/{list}?after=abc", UriKind.Relative), Ct);
        await ProblemJson.AssertAsync(bad, HttpStatusCode.BadRequest, Ct, "after");
        using var refused = await alice.Client.GetAsync(new Uri($"/internal/authors/{alice.Id}/{list}", UriKind.Relative), Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.Unauthorized, Ct);
    }

    private async Task<TPage> PageAsync<TPage>(TestUser user, string list, PostId? after = null)
    {
        using var client = app.InternalClient();
        return (await client.GetFromJsonAsync<TPage>($"/internal/authors/{user.Id}/{list}" + (after is { } last ? $"?after={last}" : ""), PulseJson.Options, Ct))!;
    }
}
