using System.Net;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Follows;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Follows;

public sealed class FollowListTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task Lists_AnyLimit_WalkThemAllOnceNewestFirst(int limit)
    {
        var hub = await fixture.App.NewUserAsync(Ct);
        List<UserId> others = [];
        for (var number = 0; number < 5; number++)
        {
            var other = await fixture.App.NewUserAsync(Ct);
            others.Insert(0, other.Id);
            using var there = await other.Client.PutAsync($"/v1/users/{hub.Id}/follow", content: null, Ct);
            using var back = await hub.Client.PutAsync($"/v1/users/{other.Id}/follow", content: null, Ct);
        }

        Assert.Equal(others, await WalkAsync($"/v1/users/{hub.Id}/followers", limit));
        Assert.Equal(others, await WalkAsync($"/v1/users/{hub.Id}/following", limit));
    }

    [Fact]
    public async Task Lists_WithAToken_ShowHowTheCallerStands()
    {
        var (hub, fan, viewer) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        foreach (var (who, whom) in (IEnumerable<(TestUser, TestUser)>)[(fan, hub), (viewer, hub), (viewer, fan)])
        {
            using var response = await who.Client.PutAsync($"/v1/users/{whom.Id}/follow", content: null, Ct);
        }

        var page = await viewer.Client.GetAsync<UsersPage>($"/v1/users/{hub.Id}/followers", Ct);

        Assert.Equal([viewer.Id, fan.Id], page.Users.Select(user => user.Id));
        Assert.Null(page.Users[0].Relationship);
        Assert.True(page.Users[1].Relationship is { Following: true, FollowedBy: false });
        Assert.All(page.Users, user => Assert.Null(user.PostsCount));
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?limit=ten", "limit")]
    [InlineData("?limit=-1", "limit")]
    [InlineData("?cursor=nonsense", "cursor")]
    [InlineData("?cursor=", "cursor")]
    [InlineData("?cursor=AgAAAAAAAAAA", "cursor")]
    [InlineData("?cursor=nonsense&limit=0", "cursor,limit")]
    public async Task Lists_BadQuery_NamesEachMistake(string query, string fields)
    {
        var user = await fixture.App.NewUserAsync(Ct);
        foreach (var list in (string[])["followers", "following"])
        {
            using var response = await user.Client.GetAsync($"/v1/users/{user.Id}/{list}{query}", Ct);

            await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, fields.Split(','));
        }
    }

    private async Task<List<UserId>> WalkAsync(string path, int limit)
    {
        using var client = fixture.App.Anonymous();
        List<UserId> walked = [];
        string? cursor = null;
        UsersPage page;
        do
        {
            page = await client.GetAsync<UsersPage>($"{path}?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}", Ct);
            Assert.Equal(page.HasMore, page.NextCursor is not null);
            Assert.True(page.Users.Count == limit || !page.HasMore);
            walked.AddRange(page.Users.Select(user => user.Id));
            cursor = page.NextCursor;
        }
        while (page.HasMore);

        return walked;
    }
}
