using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Pulse.Contracts;
using Pulse.Contracts.Internal;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;
using Pulse.UserService.Administration;
using Pulse.UserService.Profiles;
using Pulse.UserService.Tests.Hosting;
using Pulse.UserService.Tokens;

namespace Pulse.UserService.Tests.Administration;

public sealed class AdministrationTests(UsersFixture fixture)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Suspend_AUser_HidesHimAndEndsHisLogins()
    {
        var (admin, target, other) = (await NewAdminAsync(), await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));

        var answer = await ActAsync(admin, target, "suspend", "spam");

        Assert.Equal(new StandingResponse(target.Id, AuthorStanding.Suspended), answer);
        await ProblemJson.AssertAsync(await other.Client.GetAsync($"/v1/users/{target.Id}", Ct), HttpStatusCode.NotFound, Ct);
        Assert.Equal(AuthorStanding.Suspended, (await CardAsync(target)).Standing);
        using var anonymous = fixture.App.Anonymous();
        using var login = await anonymous.PostAsJsonAsync("/v1/auth/login", new { username = target.Username, password = UserServiceApp.Password }, PulseJson.Options, Ct);
        await ProblemJson.AssertAsync(login, HttpStatusCode.Forbidden, Ct);
        Assert.Contains("/problems/suspended", await login.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var guess = await anonymous.PostAsJsonAsync("/v1/auth/login", new { username = target.Username, password = "another password" }, PulseJson.Options, Ct);
        await ProblemJson.AssertAsync(guess, HttpStatusCode.Unauthorized, Ct);
        using var renewal = await anonymous.PostAsJsonAsync("/v1/auth/refresh", new { refresh_token = target.Tokens.RefreshToken }, PulseJson.Options, Ct);
        await ProblemJson.AssertAsync(renewal, HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(1, await fixture.App.QueryAsync(db => db.Set<RevocationRow>().CountAsync(row => row.UserId == target.Id, Ct)));
    }

    [Fact]
    public async Task Restore_ASuspendedUser_LetsHimInAgain()
    {
        var (admin, target) = (await NewAdminAsync(), await fixture.App.NewUserAsync(Ct));
        await ActAsync(admin, target, "suspend");

        await ActAsync(admin, target, "restore");

        var tokens = await fixture.App.LogInAsync(target.Username, Ct);
        using var client = fixture.App.WithToken(tokens.AccessToken);
        Assert.Equal(target.Id, (await client.GetAsync<UserResponse>("/v1/users/me", Ct)).Id);
        Assert.Equal(AuthorStanding.Active, (await CardAsync(target)).Standing);
    }

    [Fact]
    public async Task Limit_AUser_ShowsInHisCardAndLeavesHimIn()
    {
        var (admin, target) = (await NewAdminAsync(), await fixture.App.NewUserAsync(Ct));

        await ActAsync(admin, target, "limit");

        Assert.Equal(AuthorStanding.Limited, (await CardAsync(target)).Standing);
        await fixture.App.LogInAsync(target.Username, Ct);
    }

    [Theory]
    [InlineData("suspend")]
    [InlineData("limit")]
    [InlineData("restore")]
    public async Task Act_Whoever_IsNotAnAdministratorMayNot(string action)
    {
        var (user, target) = (await fixture.App.NewUserAsync(Ct), await fixture.App.NewUserAsync(Ct));
        using var anonymous = fixture.App.Anonymous();

        await ProblemJson.AssertAsync(await user.Client.PostAsync($"/v1/admin/users/{target.Id}/{action}", content: null, Ct), HttpStatusCode.Forbidden, Ct);
        await ProblemJson.AssertAsync(await anonymous.PostAsync($"/v1/admin/users/{target.Id}/{action}", content: null, Ct), HttpStatusCode.Unauthorized, Ct);
        await ProblemJson.AssertAsync(await user.Client.GetAsync("/v1/admin/audit", Ct), HttpStatusCode.Forbidden, Ct);
        Assert.Empty((await AuditAsync(await NewAdminAsync(), target)).Actions);
    }

    [Fact]
    public async Task Act_OnAnAdministratorOrNobody_IsRefused()
    {
        var (admin, colleague) = (await NewAdminAsync(), await NewAdminAsync());

        await ProblemJson.AssertAsync(await admin.Client.PostAsync($"/v1/admin/users/{colleague.Id}/suspend", content: null, Ct), HttpStatusCode.Forbidden, Ct);
        await ProblemJson.AssertAsync(await admin.Client.PostAsync($"/v1/admin/users/{admin.Id}/suspend", content: null, Ct), HttpStatusCode.Forbidden, Ct);
        await ProblemJson.AssertAsync(await admin.Client.PostAsync("/v1/admin/users/1/suspend", content: null, Ct), HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(await admin.Client.PostAsync("/v1/admin/users/x/suspend", content: null, Ct), HttpStatusCode.BadRequest, Ct, "id");
    }

    [Theory]
    [InlineData("{\"reason\":5}")]
    [InlineData("{\"reason\":\"a\\u0000b\"}")]
    public async Task Act_WrongReason_NamesTheField(string body)
    {
        var (admin, target) = (await NewAdminAsync(), await fixture.App.NewUserAsync(Ct));

        using var response = await admin.Client.PostAsync($"/v1/admin/users/{target.Id}/limit", Json.Body(body), Ct);

        await ProblemJson.AssertAsync(response, HttpStatusCode.BadRequest, Ct, "reason");
    }

    [Fact]
    public async Task Audit_AfterActions_ListsThemNewestFirst()
    {
        var (admin, target) = (await NewAdminAsync(), await fixture.App.NewUserAsync(Ct));
        await ActAsync(admin, target, "limit", " loud ");
        await ActAsync(admin, target, "suspend");
        await ActAsync(admin, target, "restore");

        var first = await AuditAsync(admin, target, "&limit=2");
        var rest = await AuditAsync(admin, target, $"&limit=2&cursor={first.NextCursor}");

        Assert.Equal(["restore", "suspend", "limit"], first.Actions.Concat(rest.Actions).Select(action => action.Action));
        Assert.False(rest.HasMore);
        Assert.All(first.Actions, action => Assert.Equal((admin.Id, target.Id), (action.AdminId, action.UserId)));
        Assert.Equal("loud", rest.Actions[0].Reason);
    }

    [Fact]
    public async Task Appoint_AndDismiss_GiveTheRoleAndTakeItWithTheLogins()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var operations = fixture.App.Internal();
        using var appointed = await operations.PutAsync($"/internal/admins/{user.Username.ToUpperInvariant()}", content: null, Ct);
        Assert.True((await appointed.ReadAsync<AppointmentResponse>(Ct)).Admin);
        using var anonymous = fixture.App.Anonymous();
        using var renewal = await anonymous.PostAsJsonAsync("/v1/auth/refresh", new { refresh_token = user.Tokens.RefreshToken }, PulseJson.Options, Ct);
        var tokens = await renewal.ReadAsync<TokenResponse>(Ct);
        using var asAdmin = fixture.App.WithToken(tokens.AccessToken);
        Assert.Equal("grant-admin", (await asAdmin.GetAsync<AuditPage>($"/v1/admin/audit?user={user.Id}", Ct)).Actions.Single().Action);

        using var dismissed = await operations.DeleteAsync($"/internal/admins/{user.Username}", Ct);

        Assert.False((await dismissed.ReadAsync<AppointmentResponse>(Ct)).Admin);
        using var late = await anonymous.PostAsJsonAsync("/v1/auth/refresh", new { refresh_token = tokens.RefreshToken }, PulseJson.Options, Ct);
        await ProblemJson.AssertAsync(late, HttpStatusCode.Unauthorized, Ct);
        await ProblemJson.AssertAsync(await operations.PutAsync("/internal/admins/nobody_of_this_name", content: null, Ct), HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(await anonymous.PutAsync($"/internal/admins/{user.Username}", content: null, Ct), HttpStatusCode.Unauthorized, Ct);
    }

    private static async Task<StandingResponse> ActAsync(TestUser admin, TestUser target, string action, string? reason = null)
    {
        using var response = reason is null
            ? await admin.Client.PostAsync($"/v1/admin/users/{target.Id}/{action}", content: null, Ct)
            : await admin.Client.PostAsJsonAsync($"/v1/admin/users/{target.Id}/{action}", new { reason }, PulseJson.Options, Ct);
        return await response.ReadAsync<StandingResponse>(Ct);
    }

    private static Task<AuditPage> AuditAsync(TestUser admin, TestUser target, string query = "") =>
        admin.Client.GetAsync<AuditPage>($"/v1/admin/audit?user={target.Id}{query}", Ct);

    private async Task<AuthorCard> CardAsync(TestUser user)
    {
        using var client = fixture.App.Internal();
        using var response = await client.PostAsJsonAsync("/internal/users/batch", new CardBatchRequest([user.Id]), PulseJson.Options, Ct);
        return Assert.Single((await response.ReadAsync<CardBatchResponse>(Ct)).Cards);
    }

    private async Task<TestUser> NewAdminAsync()
    {
        var user = await fixture.App.NewUserAsync(Ct);
        using var operations = fixture.App.Internal();
        (await operations.PutAsync($"/internal/admins/{user.Username}", content: null, Ct)).EnsureSuccessStatusCode();
        var tokens = await fixture.App.LogInAsync(user.Username, Ct);
        return user with { Tokens = tokens, Client = fixture.App.WithToken(tokens.AccessToken) };
    }
}
