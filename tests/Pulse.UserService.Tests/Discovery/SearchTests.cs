using System.Net;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Follows;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Discovery;

public sealed class SearchTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_ManyMatches_TheExactThenTheNearThenTheFollowed()
    {
        var viewer = await fixture.App.NewUserAsync(Ct);
        var stranger = await NamedAsync("quokka_d", "Nobody");
        var popular = await NamedAsync("quokka_c", "Nobody");
        var further = await NamedAsync("someone_else_1", "Big Quokka");
        var followed = await NamedAsync("quokka_b", "Nobody");
        var lookalike = await NamedAsync("qokka", "Nobody");
        var exact = await NamedAsync("Quokka", "Nobody");
        await NamedAsync("kangaroo", "Marsupial");
        await FollowAsync(viewer, followed);
        await FollowAsync(followed, further);
        await FollowAsync(lookalike, popular);
        UserId[] expected = [exact.Id, followed.Id, further.Id, popular.Id, stranger.Id, lookalike.Id];

        Assert.Equal(expected, await WalkAsync(viewer, "quokka", 100));
        Assert.Equal(expected, await WalkAsync(viewer, "@QUOKKA ", 1));
        Assert.Equal(expected, await WalkAsync(viewer, "quokka", 4));
    }

    [Fact]
    public async Task Search_ByPartsOfNames_FindsBeginningsOfWordsOnly()
    {
        var viewer = await fixture.App.NewUserAsync(Ct);
        var wombat = await NamedAsync("bu_wombat", "Élodie van Wombat");

        Assert.Equal([wombat.Id], await WalkAsync(viewer, "bu_w", 20));
        Assert.Equal([wombat.Id], await WalkAsync(viewer, "ÉLO", 20));
        Assert.Equal([wombat.Id], await WalkAsync(viewer, "van Wo", 20));
        Assert.Empty(await WalkAsync(viewer, "bat", 20));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("_")]
    [InlineData(@"\")]
    [InlineData("' OR 1=1 --")]
    public async Task Search_SignsOfPatterns_StandForThemselves(string text)
    {
        var viewer = await fixture.App.NewUserAsync(Ct);

        Assert.Empty(await WalkAsync(viewer, text, 20));
    }

    [Fact]
    public async Task Search_WhomTheViewerMayNotFind_IsNotThere()
    {
        var viewer = await fixture.App.NewUserAsync(Ct);
        var blocked = await NamedAsync("numbat_1", "Nobody");
        var blocker = await NamedAsync("numbat_2", "Nobody");
        var suspended = await NamedAsync("numbat_3", "Nobody");
        var limited = await NamedAsync("numbat_4", "Nobody");
        var followedLimited = await NamedAsync("numbat_5", "Nobody");
        var open = await NamedAsync("numbat_6", "Nobody");
        foreach (var (who, whom) in (IEnumerable<(TestUser, TestUser)>)[(viewer, blocked), (blocker, viewer)])
        {
            (await who.Client.PutAsync($"/v1/users/{whom.Id}/block", content: null, Ct)).EnsureSuccessStatusCode();
        }

        await FollowAsync(viewer, followedLimited);
        await StandAsync(suspended, AuthorStanding.Suspended);
        await StandAsync(limited, AuthorStanding.Limited);
        await StandAsync(followedLimited, AuthorStanding.Limited);

        Assert.Equal([followedLimited.Id, open.Id], await WalkAsync(viewer, "numbat", 20));
        // Everybody finds himself.
        Assert.Contains(limited.Id, await WalkAsync(limited, "numbat", 20));
    }

    [Theory]
    [InlineData("", "q")]
    [InlineData("?q=", "q")]
    [InlineData("?q=%20%40", "q")]
    [InlineData("?q=a%00b", "q")]
    [InlineData("?q=a&limit=0", "limit")]
    [InlineData("?q=a&cursor=x", "cursor")]
    [InlineData("?q=a&cursor=AgAAAAAAAAAB", "cursor")]
    public async Task Search_WrongQuery_NamesTheField(string query, string field)
    {
        var viewer = await fixture.App.NewUserAsync(Ct);

        using var response = await viewer.Client.GetAsync("/v1/users/search" + query, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, field);
    }

    [Fact]
    public async Task Search_TooLong_NamesTheField()
    {
        var viewer = await fixture.App.NewUserAsync(Ct);

        using var response = await viewer.Client.GetAsync("/v1/users/search?q=" + new string('a', 51), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "q");
    }

    private static async Task FollowAsync(TestUser who, TestUser whom) => (await who.Client.PutAsync($"/v1/users/{whom.Id}/follow", content: null, Ct)).EnsureSuccessStatusCode();

    private static async Task<List<UserId>> WalkAsync(TestUser viewer, string text, int limit)
    {
        List<UserId> found = [];
        UsersPage page;
        var cursor = "";
        do
        {
            page = await viewer.Client.GetAsync<UsersPage>($"/v1/users/search?q={Uri.EscapeDataString(text)}&limit={limit}{cursor}", Ct);
            Assert.InRange(page.Users.Count, page.HasMore ? limit : 0, limit);
            found.AddRange(page.Users.Select(user => user.Id));
            cursor = $"&cursor={page.NextCursor}";
        }
        while (page.HasMore);
        return found;
    }

    private Task<int> StandAsync(TestUser user, AuthorStanding standing) =>
        fixture.App.QueryAsync(db => db.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Standing, standing), Ct));

    private async Task<TestUser> NamedAsync(string username, string displayName)
    {
        var user = await fixture.App.NewUserAsync(Ct);
        await fixture.App.QueryAsync(db => db.Database.ExecuteSqlAsync($"UPDATE users SET username = {username}, display_name = {displayName} WHERE id = {user.Id.Value}", Ct));
        return user with { Username = username };
    }
}
