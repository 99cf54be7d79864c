using System.Net;
using System.Text.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Departure;

public sealed class ExportTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_EverythingThatIsKept_IsInIt()
    {
        var me = await fixture.App.NewUserAsync(Ct);
        var (fan, idol, blocked, muted) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        foreach (var (who, call, whom) in (IEnumerable<(TestUser, string, TestUser)>)[(fan, "follow", me), (me, "follow", idol), (me, "block", blocked), (me, "mute", muted)])
        {
            (await who.Client.PutAsync($"/v1/users/{whom.Id}/{call}", content: null, Ct)).EnsureSuccessStatusCode();
        }

        await me.FollowAsync(idol, notify: true, Ct);
        fixture.App.Posts.Posts[me.Id] = [.. Enumerable.Range(0, 5).Select(number => new PostSnapshot(
            new PostId(me.Id.Value + 5 - number), me.Id, $"post {5 - number}", PostVisibility.Public, DateTimeOffset.UnixEpoch, Limited: number == 0))];
        var since = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1);
        fixture.App.Posts.Likes[me.Id] = [.. Enumerable.Range(1, 5).Select(number => new OwnedLike(new PostId(number), since))];
        fixture.App.Posts.Bookmarks[me.Id] = [.. Enumerable.Range(1, 4).Select(number => new OwnedBookmark(new PostId(number), since))];
        fixture.App.Posts.Edits[me.Id] = [.. Enumerable.Range(1, 3).Select(number => new OwnedEdit(new PostId(number), $"before {number}", since))];

        var export = await me.Client.GetAsync<JsonElement>("/v1/users/me/export", Ct);

        var account = export.GetProperty("account");
        Assert.Equal((me.Username, me.Email), (account.GetProperty("username").GetString(), account.GetProperty("email").GetString()));
        Assert.Equal([idol.Username], Names(export, "following"));
        Assert.True(export.GetProperty("following")[0].GetProperty("notify").GetBoolean());
        Assert.Equal([fan.Username], Names(export, "followers"));
        Assert.Equal([blocked.Username], Names(export, "blocks"));
        Assert.Equal([muted.Username], Names(export, "mutes"));
        Assert.Single(export.GetProperty("logins").EnumerateArray());
        Assert.Equal(["post 5", "post 4", "post 3", "post 2", "post 1"], export.GetProperty("posts").EnumerateArray().Select(post => post.GetProperty("content").GetString()!));
        Assert.DoesNotContain("\"limited\":true", export.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(["1", "2", "3", "4", "5"], export.GetProperty("likes").EnumerateArray().Select(like => like.GetProperty("post_id").GetString()!));
        Assert.Equal(["1", "2", "3", "4"], export.GetProperty("bookmarks").EnumerateArray().Select(bookmark => bookmark.GetProperty("post_id").GetString()!));
        Assert.Equal(["before 1", "before 2", "before 3"], export.GetProperty("edits").EnumerateArray().Select(edit => edit.GetProperty("content").GetString()!));
        Assert.Equal(since, export.GetProperty("likes")[0].GetProperty("liked_at").GetDateTimeOffset());
        Assert.DoesNotContain("password", export.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_WithoutAToken_Is401()
    {
        using var anonymous = fixture.App.Anonymous();

        await ProblemJson.AssertAsync(await anonymous.GetAsync("/v1/users/me/export", Ct), HttpStatusCode.Unauthorized, Ct);
    }

    private static IEnumerable<string> Names(JsonElement export, string list) => export.GetProperty(list).EnumerateArray().Select(entry => entry.GetProperty("username").GetString()!);
}
