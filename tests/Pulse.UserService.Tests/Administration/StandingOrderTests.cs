using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Administration;
using Pulse.UserService.Tests.Hosting;

namespace Pulse.UserService.Tests.Administration;

public sealed class StandingOrderTests(UsersFixture fixture)
{
    private static readonly SnowflakeGenerator Ids = new(TimeProvider.System, () => Snowflake.MaxNode);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("suspend", AuthorStanding.Suspended)]
    [InlineData("limit", AuthorStanding.Limited)]
    public async Task Order_OfAUser_ChangesHimAndNamesTheAdministrator(string order, AuthorStanding standing)
    {
        var (admin, target) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        Assert.Equal(StandingOrderOutcome.Done, await OrderAsync(target.Id, order, new StandingOrder(Ids.Next(), admin.Id, "spam")));

        Assert.Equal(standing, (await CardAsync(target)).Standing);
        var action = Assert.Single(await ActionsAsync(target));
        Assert.Equal((admin.Id, order, "spam"), (action.AdminId, action.Action, action.Reason));
        Assert.Equal(StandingOrderOutcome.Done, await OrderAsync(target.Id, "restore", new StandingOrder(Ids.Next(), admin.Id)));
        Assert.Equal(AuthorStanding.Active, (await CardAsync(target)).Standing);
    }

    [Fact]
    public async Task Order_SentAgain_IsObeyedOnce()
    {
        var (admin, target) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        var order = new StandingOrder(Ids.Next(), admin.Id);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OrderAsync(target.Id, "limit", order)));

        Assert.All(outcomes, outcome => Assert.Equal(StandingOrderOutcome.Done, outcome));
        Assert.Single(await ActionsAsync(target));
    }

    [Fact]
    public async Task Order_AfterALaterOne_IsNotedAndChangesNothing()
    {
        var (admin, target) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        var (suspend, restore) = (new StandingOrder(Ids.Next(), admin.Id), new StandingOrder(Ids.Next(), admin.Id));
        await OrderAsync(target.Id, "restore", restore);

        Assert.Equal(StandingOrderOutcome.Done, await OrderAsync(target.Id, "suspend", suspend));

        Assert.Equal(AuthorStanding.Active, (await CardAsync(target)).Standing);
        Assert.Equal(["suspend", "restore"], (await ActionsAsync(target)).Select(action => action.Action));
        await fixture.App.LogInAsync(target.Username, Ct);
    }

    [Fact]
    public async Task Order_OfNobodyOrAnAdministrator_IsNotObeyed()
    {
        var (admin, colleague) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        using var operations = fixture.App.Internal();
        (await operations.PutAsync($"/internal/admins/{colleague.Username}", content: null, Ct)).EnsureSuccessStatusCode();

        Assert.Equal(StandingOrderOutcome.Protected, await OrderAsync(colleague.Id, "suspend", new StandingOrder(Ids.Next(), admin.Id)));
        Assert.Equal(StandingOrderOutcome.UnknownUser, await OrderAsync(new UserId(1), "suspend", new StandingOrder(Ids.Next(), admin.Id)));
        Assert.Equal(AuthorStanding.Active, (await CardAsync(colleague)).Standing);
    }

    [Fact]
    public async Task Order_WithoutTheServiceKey_Is401()
    {
        var target = await fixture.App.NewUserAsync(Ct);

        using var answer = await target.Client.PostAsJsonAsync($"/internal/admin/users/{target.Id}/limit", new StandingOrder(Ids.Next(), target.Id), PulseJson.Options, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.Unauthorized, Ct);
    }

    private async Task<StandingOrderOutcome> OrderAsync(UserId target, string order, StandingOrder body)
    {
        using var client = fixture.App.Internal();
        using var answer = await client.PostAsJsonAsync($"/internal/admin/users/{target}/{order}", body, PulseJson.Options, Ct);
        return (await answer.ReadAsync<StandingOrderAnswer>(Ct)).Outcome;
    }

    private Task<List<AdminAction>> ActionsAsync(TestUser target) =>
        fixture.App.QueryAsync(db => db.AdminActions.AsNoTracking().Where(action => action.TargetId == target.Id).OrderBy(action => action.Id).ToListAsync(Ct));

    private async Task<AuthorCard> CardAsync(TestUser user)
    {
        using var client = fixture.App.Internal();
        using var response = await client.PostAsJsonAsync("/internal/users/batch", new CardBatchRequest([user.Id]), PulseJson.Options, Ct);
        return Assert.Single((await response.ReadAsync<CardBatchResponse>(Ct)).Cards);
    }
}
