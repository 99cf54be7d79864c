using System.Net;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Follows;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Discovery;

public sealed class SuggestionTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Suggest_FriendsOfFriends_ComeByTheNumberOfThemBeforeThePopular()
    {
        var viewer = await fixture.App.NewUserAsync(Ct);
        var (one, two) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        var (both, single, popular) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await PutAsync("follow", (viewer, one), (viewer, two), (one, both), (two, both), (one, single));
        for (var number = 0; number < 3; number++) await PutAsync("follow", (await fixture.App.NewUserAsync(Ct), popular));

        // Others change the graph meanwhile: only what belongs to this viewer alone has a fixed place.
        var suggested = await WalkAsync(viewer, 1);
        Assert.Equal([both.Id, single.Id], suggested.Take(2));
        Assert.Contains(popular.Id, suggested);
        Assert.Equal([both.Id, single.Id], (await WalkAsync(viewer, 100)).Take(2));
    }

    [Fact]
    public async Task Suggest_WhomTheViewerKnows_IsNotThere()
    {
        var viewer = await fixture.App.NewUserAsync(Ct);
        var friend = await fixture.App.NewUserAsync(Ct);
        var (blocked, blocker, muted, asked, open) = (
            await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await PutAsync("follow", (viewer, friend), (friend, blocked), (friend, blocker), (friend, muted), (friend, asked), (friend, open), (friend, viewer));
        using var locked = await asked.Client.PatchAsync("/v1/users/me", Json.Body("{\"is_private\":true}"), Ct);
        await PutAsync("block", (viewer, blocked), (blocker, viewer));
        await PutAsync("mute", (viewer, muted));
        await PutAsync("follow", (viewer, asked));

        var suggested = await WalkAsync(viewer, 100);

        Assert.Contains(open.Id, suggested);
        Assert.Empty(suggested.Intersect([viewer.Id, friend.Id, blocked.Id, blocker.Id, muted.Id, asked.Id]));
    }

    [Theory]
    [InlineData("?limit=x", "limit")]
    [InlineData("?cursor=x", "cursor")]
    public async Task Suggest_WrongQuery_NamesTheField(string query, string field)
    {
        var viewer = await fixture.App.NewUserAsync(Ct);

        using var response = await viewer.Client.GetAsync("/v1/users/suggestions" + query, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, field);
    }

    private static async Task PutAsync(string call, params IEnumerable<(TestUser Who, TestUser Whom)> pairs)
    {
        foreach (var (who, whom) in pairs) (await who.Client.PutAsync($"/v1/users/{whom.Id}/{call}", content: null, Ct)).EnsureSuccessStatusCode();
    }

    private static async Task<List<UserId>> WalkAsync(TestUser viewer, int limit)
    {
        List<UserId> found = [];
        UsersPage page;
        var cursor = "";
        do
        {
            page = await viewer.Client.GetAsync<UsersPage>($"/v1/users/suggestions?limit={limit}{cursor}", Ct);
            found.AddRange(page.Users.Select(user => user.Id));
            cursor = $"&cursor={page.NextCursor}";
        }
        while (page.HasMore);
        return found;
    }
}
