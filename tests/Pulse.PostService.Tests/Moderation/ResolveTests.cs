using System.Net;
using System.Text.Json;
using Npgsql;
using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Moderation;

public sealed class ResolveTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resolve_Dismiss_ClosesTheCaseAndIsInTheAudit()
    {
        var (admin, found, post) = await ReportedPostAsync();

        var decided = await admin.DecideAsync(found, "dismiss", Ct, " harmless ");

        Assert.Equal("resolved", decided.GetProperty("status").GetString());
        var decision = decided.GetProperty("decision");
        Assert.Equal(["action", "by", "at", "note", "done", "refused"], decision.EnumerateObject().Select(member => member.Name));
        Assert.Equal("dismiss", decision.GetProperty("action").GetString());
        Assert.Equal(admin.Id.ToString(), decision.GetProperty("by").GetString());
        Assert.Equal("harmless", decision.GetProperty("note").GetString());
        Assert.True(decision.GetProperty("done").GetBoolean());
        Assert.Empty(await admin.CasesAsync(post, Ct));
        Assert.Equal(decided.GetRawText(), Assert.Single(await admin.CasesAsync(post, Ct, "resolved")).GetRawText());
        var entry = Assert.Single(await admin.AuditAsync(found, Ct));
        Assert.Equal(["id", "admin_id", "case_id", "action", "post_id", "user_id", "note", "at"], entry.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            (admin.Id.ToString(), "dismiss", post.ToString(), "harmless"),
            (entry.GetProperty("admin_id").GetString(), entry.GetProperty("action").GetString(), entry.GetProperty("post_id").GetString(), entry.GetProperty("note").GetString()));
    }

    [Theory]
    [InlineData("limit_post,restore_post")]
    [InlineData("delete_post,limit_user")]
    [InlineData("Delete_Post")]
    public async Task Resolve_MoreOrLessThanOneAction_IsRefusedAndDoesNothing(string action)
    {
        var (admin, found, post) = await ReportedPostAsync();

        using var answer = await admin.ResolveAsync(found, action, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, "action");
        Assert.Single(await admin.CasesAsync(post, Ct));
        Assert.Empty(await admin.AuditAsync(found, Ct));
    }

    [Fact]
    public async Task Resolve_LimitAndRestorePost_HidesItFromOthersAndShowsItAgain()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("hello", Ct);
        await bob.ReportAsync(post, Ct);
        var found = Assert.Single(await admin.CasesAsync(post, Ct));

        var limited = await admin.DecideAsync(found, "limit_post", Ct);

        Assert.True(limited.GetProperty("decision").GetProperty("done").GetBoolean());
        Assert.True(limited.GetProperty("target").GetProperty("post").GetProperty("limited").GetBoolean());
        Assert.Equal("hello", (await alice.ShowAsync(post, Ct)).GetProperty("content").GetString());
        await ProblemJson.AssertAsync(await bob.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct), HttpStatusCode.NotFound, Ct);

        var restored = await admin.DecideAsync(found, "restore_post", Ct);

        Assert.False(restored.GetProperty("target").GetProperty("post").GetProperty("limited").GetBoolean());
        Assert.Equal("hello", (await bob.ShowAsync(post, Ct)).GetProperty("content").GetString());
        Assert.Equal(["restore_post", "limit_post"], (await admin.AuditAsync(found, Ct)).Select(entry => entry.GetProperty("action").GetString()));
        await ConflictAsync(await admin.ResolveAsync(found, "limit_post", Ct));
    }

    [Fact]
    public async Task Resolve_DeletePost_LeavesATombstoneAndOneEvent()
    {
        var (admin, found, post) = await ReportedPostAsync();

        var decided = await admin.DecideAsync(found, "delete_post", Ct);
        await admin.DecideAsync(found, "delete_post", Ct);

        Assert.True(decided.GetProperty("target").GetProperty("post").GetProperty("deleted").GetBoolean());
        await ProblemJson.AssertAsync(await admin.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct), HttpStatusCode.NotFound, Ct);
        Assert.True(PostSnapshot.IsTombstone(((byte[]?)await app.Cache.StringGetAsync(PostKeys.Snapshot(post)))!));
        Assert.Single(await app.EventsAsync(PostDeleted.Type, post, Ct));
        Assert.Single(await admin.AuditAsync(found, Ct));
    }

    [Fact]
    public async Task Resolve_DeletePostThatIsGone_IsDone()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("hello", Ct);
        await bob.ReportAsync(post, Ct);
        var found = Assert.Single(await admin.CasesAsync(post, Ct));
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct)).Dispose();

        var decided = await admin.DecideAsync(found, "limit_post", Ct);

        Assert.True(decided.GetProperty("decision").GetProperty("done").GetBoolean());
        Assert.Single(await app.EventsAsync(PostDeleted.Type, post, Ct));
    }

    [Theory]
    [InlineData("limit_user", "limited")]
    [InlineData("suspend_user", "suspended")]
    public async Task Resolve_AboutAUser_IsOrderedOnceInTheNameOfTheAdministrator(string action, string standing)
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        await bob.ReportAsync(alice.Id, Ct);
        var found = Assert.Single(await admin.CasesAsync(alice.Id, Ct));

        var decided = await admin.DecideAsync(found, action, Ct, "rude");
        await admin.DecideAsync(found, action, Ct);

        Assert.True(decided.GetProperty("decision").GetProperty("done").GetBoolean());
        Assert.Equal(standing, decided.GetProperty("target").GetProperty("user").GetProperty("standing").GetString());
        var order = Assert.Single(app.Users.OrdersAbout(alice.Id));
        Assert.Equal((admin.Id, "rude"), (order.AdminId, order.Reason));
        Assert.Equal(Assert.Single(await admin.AuditAsync(found, Ct)).GetProperty("id").GetString(), $"{order.Id}");

        var restored = await admin.DecideAsync(found, "restore_user", Ct);
        Assert.Equal("active", restored.GetProperty("target").GetProperty("user").GetProperty("standing").GetString());
    }

    [Fact]
    public async Task Resolve_SuspendUserOfAPost_IsAboutItsAuthor()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("hello", Ct);
        await bob.ReportAsync(post, Ct);

        var decided = await admin.DecideAsync(Assert.Single(await admin.CasesAsync(post, Ct)), "suspend_user", Ct);

        Assert.Equal("suspended", decided.GetProperty("target").GetProperty("post").GetProperty("author").GetProperty("standing").GetString());
        Assert.Single(app.Users.OrdersAbout(alice.Id));
    }

    [Fact]
    public async Task Resolve_AnAdministrator_Is403AndAnotherDecisionMayFollow()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        app.Users.Protected[alice.Id] = true;
        await bob.ReportAsync(alice.Id, Ct);
        var found = Assert.Single(await admin.CasesAsync(alice.Id, Ct));

        using var refused = await admin.ResolveAsync(found, "suspend_user", Ct);

        await ProblemJson.AssertAsync(refused, HttpStatusCode.Forbidden, Ct);
        var decision = Assert.Single(await admin.CasesAsync(alice.Id, Ct, "resolved")).GetProperty("decision");
        Assert.Equal((false, true), (decision.GetProperty("done").GetBoolean(), decision.GetProperty("refused").GetBoolean()));
        await admin.DecideAsync(found, "dismiss", Ct);
        Assert.Equal(["dismiss", "suspend_user"], (await admin.AuditAsync(found, Ct)).Select(entry => entry.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task Resolve_AnotherDecision_Is409()
    {
        var (admin, found, _) = await ReportedPostAsync();
        await admin.DecideAsync(found, "dismiss", Ct);

        await ConflictAsync(await app.NewAdmin().ResolveAsync(found, "delete_post", Ct));
        await ConflictAsync(await app.NewAdmin().ResolveAsync(found, "restore_post", Ct));

        Assert.Single(await admin.AuditAsync(found, Ct));
    }

    [Fact]
    public async Task Resolve_TwoAtOnce_OneDecides()
    {
        for (var round = 0; round < 5; round++)
        {
            var (admin, found, post) = await ReportedPostAsync();

            var answers = await Task.WhenAll(admin.ResolveAsync(found, "dismiss", Ct), app.NewAdmin().ResolveAsync(found, "delete_post", Ct));

            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
            var entry = Assert.Single(await admin.AuditAsync(found, Ct));
            var shown = Assert.Single(await admin.CasesAsync(post, Ct, "resolved"));
            Assert.Equal(entry.GetProperty("action").GetString(), shown.GetProperty("decision").GetProperty("action").GetString());
            Assert.Equal(entry.GetProperty("action").GetString() == "delete_post", shown.GetProperty("target").GetProperty("post").GetProperty("deleted").GetBoolean());
            foreach (var answer in answers) answer.Dispose();
        }
    }

    [Fact]
    public async Task Resolve_TheSameAtOnce_IsDecidedOnce()
    {
        var (admin, found, post) = await ReportedPostAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => admin.ResolveAsync(found, "delete_post", Ct)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Single(await admin.AuditAsync(found, Ct));
        Assert.Single(await app.EventsAsync(PostDeleted.Type, post, Ct));
        foreach (var answer in answers) answer.Dispose();
    }

    [Theory]
    [InlineData("{}", "action")]
    [InlineData("""{"action":null}""", "action")]
    [InlineData("""{"action":"burn"}""", "action")]
    [InlineData("""{"action":"dismiss","note":7}""", "note")]
    [InlineData("""{"action":"dismiss","note":"a\u0000b"}""", "note")]
    public async Task Resolve_WrongBody_NamesTheField(string body, string field)
    {
        var (admin, found, _) = await ReportedPostAsync();

        using var answer = await admin.Client.PostAsync($"/v1/admin/reports/{found.GetProperty("id").GetString()}/resolve", ModerationCalls.Body(body), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, field);
    }

    [Fact]
    public async Task Resolve_UnknownCaseOrPostOfAUser_IsRefused()
    {
        var (alice, admin) = (app.NewUser(), app.NewAdmin());
        await app.NewUser().ReportAsync(alice.Id, Ct);
        var found = Assert.Single(await admin.CasesAsync(alice.Id, Ct));

        foreach (var action in (string[])["limit_post", "restore_post", "delete_post"])
        {
            await ProblemJson.AssertAsync(await admin.ResolveAsync(found, action, Ct), HttpStatusCode.BadRequest, Ct, "action");
        }

        await ProblemJson.AssertAsync(await admin.Client.PostAsync("/v1/admin/reports/1/resolve", ModerationCalls.Body("""{"action":"dismiss"}"""), Ct), HttpStatusCode.NotFound, Ct);
        await ProblemJson.AssertAsync(await admin.Client.PostAsync("/v1/admin/reports/x/resolve", ModerationCalls.Body("""{"action":"dismiss"}"""), Ct), HttpStatusCode.BadRequest, Ct, "id");
    }

    [Theory]
    [InlineData("UPDATE moderation_actions SET note = 'another'")]
    [InlineData("DELETE FROM moderation_actions")]
    public async Task Audit_Changed_IsRefusedByTheDatabase(string sql)
    {
        var (admin, found, _) = await ReportedPostAsync();
        await admin.DecideAsync(found, "dismiss", Ct);
        await using var command = app.Database.CreateCommand(sql);

        await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct));
    }

    private async Task<(TestUser Admin, JsonElement Case, PostId Post)> ReportedPostAsync()
    {
        var (alice, admin) = (app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("hello", Ct);
        await app.NewUser().ReportAsync(post, Ct);
        return (admin, Assert.Single(await admin.CasesAsync(post, Ct)), post);
    }

    private static async Task ConflictAsync(HttpResponseMessage answer)
    {
        var problem = await ProblemJson.AssertAsync(answer, HttpStatusCode.Conflict, Ct);
        Assert.Equal("/problems/already-resolved", problem.GetProperty("type").GetString());
        answer.Dispose();
    }
}
