using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Graph;
using Pulse.UserService.Tests.Hosting;
using StackExchange.Redis;

namespace Pulse.UserService.Tests.Graph;

public sealed class GraphTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IDatabase Redis => fixture.App.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    [Fact]
    public async Task GetGraph_AfterFollows_ListsThemWithTheVersion()
    {
        var (bob, alice, carol) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        using var second = await bob.Client.PutAsync($"/v1/users/{carol.Id}/follow", content: null, Ct);
        using var first = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", content: null, Ct);
        using var client = fixture.App.Internal();

        using var response = await client.GetAsync($"/internal/users/{bob.Id}/graph", Ct);

        var snapshot = await response.ReadAsync<GraphSnapshot>(Ct);
        Assert.Equal(3, snapshot.Version);
        Assert.Equal([alice.Id, carol.Id], snapshot.Followees.Select(followee => followee.Id));
        Assert.Equal("\"3\"", response.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task ListGraphs_PageByPage_AreEverybodysWithTheirVersions()
    {
        var (bob, alice, carol) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        foreach (var followee in (UserId[])[carol.Id, alice.Id]) (await bob.Client.PutAsync($"/v1/users/{followee}/follow", content: null, Ct)).Dispose();
        (await carol.Client.PutAsync($"/v1/users/{bob.Id}/follow", content: null, Ct)).Dispose();
        (await carol.Client.DeleteAsync($"/v1/users/{bob.Id}/follow", Ct)).Dispose();
        var dave = await fixture.App.NewUserAsync(Ct);
        foreach (var blocked in (UserId[])[dave.Id, carol.Id]) (await alice.Client.PutAsync($"/v1/users/{blocked}/block", content: null, Ct)).Dispose();
        using var client = fixture.App.Internal();

        List<UserGraph> graphs = [];
        for (var after = new UserId(bob.Id.Value - 1); ;)
        {
            using var response = await client.GetAsync($"/internal/graphs?after={after}&limit=2", Ct);
            var page = (await response.ReadAsync<GraphPage>(Ct)).Graphs;
            if (page.Count == 0) break;
            Assert.InRange(page.Count, 1, 2);
            graphs.AddRange(page);
            after = page[^1].Id;
        }

        Assert.Equal(graphs.OrderBy(graph => graph.Id), graphs);
        // Others use this service at the same time.
        var found = graphs.Where(graph => graph.Id == bob.Id || graph.Id == alice.Id || graph.Id == carol.Id).ToList();
        Assert.Equal([(bob.Id, 3), (alice.Id, 3), (carol.Id, 4)], found.Select(graph => (graph.Id, graph.Version)));
        Assert.Equal([alice.Id, carol.Id], found[0].Followees.Select(followee => followee.Id));
        Assert.Empty(found[1].Followees);
        Assert.Empty(found[2].Followees);
        Assert.Equal([[], [carol.Id, dave.Id], []], found.Select(graph => graph.Blocks!));
        using var tooMany = await client.GetAsync("/internal/graphs?limit=1001", Ct);
        await ProblemJson.AssertAsync(tooMany, HttpStatusCode.BadRequest, Ct, "limit");
    }

    [Fact]
    public async Task GetGraph_KnownVersion_IsNotModifiedUntilAChange()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        Assert.Equal(HttpStatusCode.NotModified, await AskAsync(bob.Id, "\"1\""));
        Assert.Equal("1", (string?)await Redis.StringGetAsync(UserKeys.GraphVersion(bob.Id)));
        using var follow = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", content: null, Ct);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(bob.Id, "\"1\""));
        Assert.Equal(HttpStatusCode.NotModified, await AskAsync(bob.Id, "\"2\""));
    }

    [Fact]
    public async Task GraphVersion_AfterAFollow_IsPublishedWithALifetime()
    {
        var (bob, alice) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        using var follow = await bob.Client.PutAsync($"/v1/users/{alice.Id}/follow", content: null, Ct);

        Assert.Equal("2", (string?)await Redis.StringGetAsync(UserKeys.GraphVersion(bob.Id)));
        Assert.InRange(
            (await Redis.KeyTimeToLiveAsync(UserKeys.GraphVersion(bob.Id)))!.Value, UserKeys.GraphVersionLifetime - TimeSpan.FromMinutes(1), UserKeys.GraphVersionLifetime);
    }

    [Fact]
    public async Task GraphVersion_OlderPublishedLate_IsIgnored()
    {
        var user = new UserId(long.MaxValue - 7);
        var versions = fixture.App.Services.GetRequiredService<GraphVersions>();

        await versions.PublishAsync(user, 10, Ct);
        await versions.PublishAsync(user, 9, Ct);

        Assert.Equal(10, (long)await Redis.StringGetAsync(UserKeys.GraphVersion(user)));
    }

    [Fact]
    public async Task GetCards_SomeUnknown_AnswersAndPublishesTheOthers()
    {
        var user = await fixture.App.NewUserAsync(Ct);

        var cards = await CardsAsync(user.Id, user.Id, new UserId(1));

        var card = Assert.Single(cards);
        Assert.Equal(new AuthorCard(user.Id, user.Username, user.Username, AvatarUrl: null, IsCelebrity: false, Version: 1), card);
        Assert.Equal(card, AuthorCard.Decode((byte[])(await Redis.StringGetAsync(UserKeys.Card(user.Id)))!));
        Assert.NotNull(await Redis.KeyTimeToLiveAsync(UserKeys.Card(user.Id)));
    }

    [Fact]
    public async Task GetCards_TooMany_IsRefused()
    {
        using var client = fixture.App.Internal();
        var ids = Enumerable.Range(1, Batch.MaxIds + 1).Select(id => id.ToString(CultureInfo.InvariantCulture));

        using var response = await client.PostAsJsonAsync("/internal/users/batch", new { ids }, PulseJson.Options, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "ids");
    }

    private async Task<HttpStatusCode> AskAsync(UserId user, string version)
    {
        using var client = fixture.App.Internal();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/internal/users/{user}/graph");
        request.Headers.TryAddWithoutValidation("If-None-Match", version);
        using var response = await client.SendAsync(request, Ct);
        return response.StatusCode;
    }

    private async Task<IReadOnlyList<AuthorCard>> CardsAsync(params UserId[] ids)
    {
        using var client = fixture.App.Internal();
        using var response = await client.PostAsJsonAsync("/internal/users/batch", new CardBatchRequest(ids), PulseJson.Options, Ct);
        return (await response.ReadAsync<CardBatchResponse>(Ct)).Cards;
    }
}
