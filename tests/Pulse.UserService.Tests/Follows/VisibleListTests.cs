using System.Net;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Follows;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Follows;

/// <summary>Who may see who follows whom.</summary>
public sealed class VisibleListTests(UsersFixture fixture)
{
    private static readonly string[] Lists = ["followers", "following"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "16")]
    public async Task Lists_OfAPrivateAccount_AreForItsFollowersAndItself()
    {
        var (alice, fan, stranger) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        await fan.FollowAsync(alice, Ct);
        await alice.FollowAsync(fan, Ct);
        await alice.SetPrivateAsync(true, Ct);
        using var anonymous = fixture.App.Anonymous();

        foreach (var list in Lists)
        {
            foreach (var client in (HttpClient[])[stranger.Client, anonymous]) await AssertPrivateAsync(client, alice, list);
            foreach (var reader in (TestUser[])[alice, fan]) Assert.Equal([fan.Id], await ListAsync(reader.Client, alice, list));
        }

        // The profile itself is open.
        var seen = await stranger.ProfileAsync(alice, Ct);
        Assert.Equal((true, 1L, 1L), (seen.IsPrivate, seen.FollowersCount, seen.FollowingCount));

        await stranger.FollowAsync(alice, Ct);
        await AssertPrivateAsync(stranger.Client, alice, "followers");
        await alice.AnswerAsync("accept", stranger, Ct);
        Assert.Equal([stranger.Id, fan.Id], await ListAsync(stranger.Client, alice, "followers"));
        await stranger.UnfollowAsync(alice, Ct);
        await AssertPrivateAsync(stranger.Client, alice, "followers");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "15")]
    public async Task Lists_BlockBetweenViewerAndListed_LeavesHimOutForHimAlone(bool viewerBlocks)
    {
        var (hub, listed, viewer, third) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        foreach (var fan in (TestUser[])[listed, third])
        {
            await fan.FollowAsync(hub, Ct);
            await hub.FollowAsync(fan, Ct);
        }

        var (blocker, blocked) = viewerBlocks ? (viewer, listed) : (listed, viewer);
        await blocker.RelateAsync(HttpMethod.Put, "block", blocked, Ct);

        foreach (var list in Lists)
        {
            // The page is as long as it may be, whoever was left out.
            var page = await viewer.Client.GetAsync<UsersPage>($"/v1/users/{hub.Id}/{list}?limit=1", Ct);
            Assert.Equal([third.Id], page.Users.Select(user => user.Id));
            Assert.False(page.HasMore);
            Assert.Equal([third.Id, listed.Id], await ListAsync(hub.Client, hub, list));
        }

        await blocker.RelateAsync(HttpMethod.Delete, "block", blocked, Ct);
        Assert.Equal([third.Id, listed.Id], await ListAsync(viewer.Client, hub, "followers"));
    }

    private static async Task AssertPrivateAsync(HttpClient client, TestUser user, string list)
    {
        using var response = await client.GetAsync($"/v1/users/{user.Id}/{list}", Ct);
        await ProblemJson.AssertAsync(response, HttpStatusCode.Forbidden, Ct);
        Assert.Equal("/problems/private-account", JsonElement.Parse(await response.Content.ReadAsStringAsync(Ct)).GetProperty("type").GetString());
    }

    private static async Task<List<UserId>> ListAsync(HttpClient client, TestUser user, string list) =>
        [.. (await client.GetAsync<UsersPage>($"/v1/users/{user.Id}/{list}", Ct)).Users.Select(listed => listed.Id)];
}
