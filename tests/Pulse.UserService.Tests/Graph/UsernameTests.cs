using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Data;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Graph;

public sealed class UsernameTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetCards_ByNamesInAnyCase_AreOfThoseWhoBearThem()
    {
        var (alice, bob) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        var cards = await AskAsync([alice.Username.ToUpperInvariant(), bob.Username, alice.Username, "nobody_of_this_name", "", "no name", "~1", "a%", "\0", "é"]);

        Assert.Equal(((UserId[])[alice.Id, bob.Id]).Order(), cards.Select(card => card.Id).Order());
        Assert.Equal(alice.Username, cards.Single(card => card.Id == alice.Id).Username);
        Assert.Empty(await AskAsync([]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "15")]
    public async Task GetCards_ForSomebodyApart_AreNotThere(bool askerBlocks)
    {
        var (alice, bob, carol) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        var (blocker, blocked) = askerBlocks ? (alice, bob) : (bob, alice);
        await blocker.RelateAsync(HttpMethod.Put, "block", blocked, Ct);

        Assert.Equal([carol.Id], (await AskAsync([bob.Username, carol.Username], alice.Id)).Select(card => card.Id));
        Assert.Equal(2, (await AskAsync([bob.Username, carol.Username], carol.Id)).Count);
        Assert.Equal(2, (await AskAsync([bob.Username, carol.Username])).Count);

        await blocker.RelateAsync(HttpMethod.Delete, "block", blocked, Ct);
        Assert.Equal(2, (await AskAsync([bob.Username, carol.Username], alice.Id)).Count);
    }

    [Theory]
    [InlineData(AuthorStanding.Limited, true)]
    [InlineData(AuthorStanding.Suspended, false)]
    public async Task GetCards_OfSomebodyNotInGoodStanding_AreThereUnlessHeIsSuspended(AuthorStanding standing, bool there)
    {
        var alice = await fixture.App.NewUserAsync(Ct);
        await using (var scope = fixture.App.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<UserDbContext>().Users.Where(user => user.Id == alice.Id).ExecuteUpdateAsync(set => set.SetProperty(user => user.Standing, standing), Ct);
        }

        Assert.Equal(there, (await AskAsync([alice.Username])).Count == 1);
    }

    [Fact]
    public async Task GetCards_TooManyNames_AreRefused()
    {
        using var client = fixture.App.Internal();
        var usernames = Enumerable.Repeat("alice", Batch.MaxIds + 1);

        using var response = await client.PostAsJsonAsync("/internal/users/by-usernames", new { usernames }, PulseJson.Options, Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "usernames");
    }

    private async Task<IReadOnlyList<AuthorCard>> AskAsync(string[] names, UserId? asker = null)
    {
        using var client = fixture.App.Internal();
        using var response = await client.PostAsJsonAsync("/internal/users/by-usernames", new UsernameBatchRequest(names, asker), PulseJson.Options, Ct);
        return (await response.ReadAsync<CardBatchResponse>(Ct)).Cards;
    }
}
