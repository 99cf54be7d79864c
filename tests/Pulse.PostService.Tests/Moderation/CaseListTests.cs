using System.Net;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Moderation;

public sealed class CaseListTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_APostOfManyReports_IsOneEntry()
    {
        var (alice, bob, carol, admin) = (app.NewUser("alice"), app.NewUser(), app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("buy now", Ct);
        await bob.ReportAsync(post, Ct, "spam", "again");
        await carol.ReportAsync(post, Ct, "illegal");
        await app.NewUser().ReportAsync(post, Ct, "spam", "and again");

        var found = Assert.Single(await admin.CasesAsync(post, Ct));

        Assert.Equal(
            ["id", "target", "reporters_count", "reasons", "notes", "first_reported_at", "last_reported_at", "status", "decision"],
            found.EnumerateObject().Select(member => member.Name));
        Assert.Equal(3, found.GetProperty("reporters_count").GetInt32());
        Assert.Equal("""{"spam":2,"illegal":1}""", found.GetProperty("reasons").GetRawText());
        Assert.Equal(["and again", "again"], found.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("note").GetString()));
        Assert.True(found.GetProperty("first_reported_at").GetDateTimeOffset() <= found.GetProperty("last_reported_at").GetDateTimeOffset());
        Assert.Equal("open", found.GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, found.GetProperty("decision").ValueKind);
        var shown = found.GetProperty("target").GetProperty("post");
        Assert.Equal("buy now", shown.GetProperty("content").GetString());
        Assert.Equal("alice", shown.GetProperty("author").GetProperty("username").GetString());
        Assert.Equal("active", shown.GetProperty("author").GetProperty("standing").GetString());
        Assert.Equal(JsonValueKind.Null, found.GetProperty("target").GetProperty("user").ValueKind);
    }

    [Fact]
    public async Task List_MoreThanTenNotes_ShowsTheNewest()
    {
        var (alice, admin) = (app.NewUser("alice"), app.NewAdmin());
        for (var i = 0; i < 12; i++) await app.NewUser().ReportAsync(alice.Id, Ct, note: $"note {i}");

        var found = Assert.Single(await admin.CasesAsync(alice.Id, Ct));

        Assert.Equal(Enumerable.Range(2, 10).Reverse().Select(i => $"note {i}"), found.GetProperty("notes").EnumerateArray().Select(note => note.GetProperty("note").GetString()));
        Assert.Equal(12, found.GetProperty("reporters_count").GetInt32());
        Assert.Equal("alice", found.GetProperty("target").GetProperty("user").GetProperty("username").GetString());
    }

    [Fact]
    public async Task List_APostThatWasEditedAndDeleted_IsShownAsItWas()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("first", Ct, "followers");
        app.Users.Follow(bob.Id, alice.Id);
        await bob.ReportAsync(post, Ct);
        (await alice.EditAsync(post, new { content = "second" }, Ct)).Dispose();
        (await alice.EditAsync(post, new { content = "third" }, Ct)).Dispose();
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), Ct)).Dispose();

        var shown = Assert.Single(await admin.CasesAsync(post, Ct)).GetProperty("target").GetProperty("post");

        Assert.Equal("third", shown.GetProperty("content").GetString());
        Assert.Equal("followers", shown.GetProperty("visibility").GetString());
        Assert.True(shown.GetProperty("deleted").GetBoolean());
        Assert.False(shown.GetProperty("limited").GetBoolean());
        Assert.Equal(["first", "second"], shown.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task List_AnAuthorWhoIsGone_IsNamedByHisId()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        await bob.ReportAsync(alice.Id, Ct);
        app.Users.Remove(alice.Id);

        var user = Assert.Single(await admin.CasesAsync(alice.Id, Ct)).GetProperty("target").GetProperty("user");

        Assert.Equal(alice.Id.ToString(), user.GetProperty("username").GetString());
        Assert.Equal(JsonValueKind.Null, user.GetProperty("standing").ValueKind);
    }

    [Fact]
    public async Task List_InPages_IsNewestFirstAndComplete()
    {
        var admin = app.NewAdmin();
        List<UserId> reported = [];
        for (var i = 0; i < 5; i++)
        {
            reported.Add(app.NewUser().Id);
            await app.NewUser().ReportAsync(reported[^1], Ct);
        }

        var all = (await admin.PagesAsync("/v1/admin/reports?limit=2", "reports", Ct)).Select(found => found.GetProperty("target").GetProperty("user"))
            .Where(user => user.ValueKind == JsonValueKind.Object)
            .Select(user => UserId.Parse(user.GetProperty("id").GetString()!, provider: null))
            .Where(reported.Contains);

        Assert.Equal(Enumerable.Reverse(reported), all);
    }

    [Theory]
    [InlineData("?status=closed", "status")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=x", "limit")]
    [InlineData("?cursor=x", "cursor")]
    [InlineData("/audit?limit=101", "limit")]
    [InlineData("/audit?cursor=x", "cursor")]
    public async Task List_WrongQuery_NamesTheField(string query, string field)
    {
        using var answer = await app.NewAdmin().Client.GetAsync(new Uri($"/v1/admin/reports{query}", UriKind.Relative), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, field);
    }

    [Theory]
    [InlineData("GET", "/v1/admin/reports")]
    [InlineData("GET", "/v1/admin/reports/audit")]
    [InlineData("POST", "/v1/admin/reports/1/resolve")]
    public async Task Call_WhoeverIsNoAdministrator_MayNot(string method, string path)
    {
        using var anonymous = app.Client(token: null);

        foreach (var (client, status) in ((HttpClient, HttpStatusCode)[])[(app.NewUser().Client, HttpStatusCode.Forbidden), (anonymous, HttpStatusCode.Unauthorized)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
            if (method == "POST") request.Content = ModerationCalls.Body("""{"action":"dismiss"}""");
            using var answer = await client.SendAsync(request, Ct);
            await ProblemJson.AssertAsync(answer, status, Ct);
        }
    }
}
