using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Moderation;

public sealed class ReportTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_APost_IsTakenOnceWhileItsCaseIsOpen()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("hello", Ct);

        using var first = await bob.ReportAsync(new { post_id = post.ToString(), reason = "self_harm", note = " look " }, Ct);
        using var second = await bob.ReportAsync(new { post_id = post.ToString(), reason = "spam" }, Ct);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var report = await first.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(["id", "post_id", "user_id", "reason", "created_at"], report.EnumerateObject().Select(member => member.Name));
        Assert.Equal(post.ToString(), report.GetProperty("post_id").GetString());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("user_id").ValueKind);
        Assert.Equal("self_harm", report.GetProperty("reason").GetString());
        Assert.Equal(report.GetRawText(), (await second.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetRawText());
    }

    [Fact]
    public async Task Report_AUser_IsTaken()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());

        using var answer = await bob.ReportAsync(new { user_id = alice.Id.ToString(), reason = "impersonation" }, Ct);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var report = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(alice.Id.ToString(), report.GetProperty("user_id").GetString());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("post_id").ValueKind);
    }

    [Fact]
    public async Task Report_ARepost_MeansItsOriginal()
    {
        var (alice, bob, carol) = (app.NewUser(), app.NewUser(), app.NewUser());
        var post = await alice.PublishAsync("hello", Ct);
        var repost = await bob.PublishAsync(new { repost_of = post.ToString() }, Ct);

        using var answer = await carol.ReportAsync(new { post_id = repost.ToString(), reason = "spam" }, Ct);

        Assert.Equal(post.ToString(), (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("post_id").GetString());
        using var own = await alice.ReportAsync(new { post_id = repost.ToString(), reason = "spam" }, Ct);
        await ProblemJson.AssertAsync(own, HttpStatusCode.BadRequest, Ct, "post_id");
    }

    [Theory]
    [InlineData("""{"reason":"spam"}""", "post_id")]
    [InlineData("""{"post_id":"1","user_id":"2","reason":"spam"}""", "user_id")]
    [InlineData("""{"post_id":"x","reason":"spam"}""", "post_id")]
    [InlineData("""{"user_id":7,"reason":"spam"}""", "user_id")]
    [InlineData("""{"user_id":"1"}""", "reason")]
    [InlineData("""{"user_id":"1","reason":null}""", "reason")]
    [InlineData("""{"user_id":"1","reason":"rude"}""", "reason")]
    [InlineData("""{"user_id":"1","reason":0}""", "reason")]
    [InlineData("""{"user_id":"1","reason":"spam","note":5}""", "note")]
    [InlineData("""{"user_id":"1","reason":"spam","note":"a\u0000b"}""", "note")]
    [InlineData("[]", "body")]
    public async Task Report_WrongBody_NamesTheField(string body, string field)
    {
        using var answer = await app.NewUser().Client.PostAsync("/v1/reports", ModerationCalls.Body(body), Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.BadRequest, Ct, field);
    }

    [Fact]
    public async Task Report_NoteOf501Characters_Is400AndOf500Not()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());

        using var longer = await bob.ReportAsync(new { user_id = alice.Id.ToString(), reason = "other", note = new string('x', 501) }, Ct);
        using var longest = await bob.ReportAsync(new { user_id = alice.Id.ToString(), reason = "other", note = new string('x', 500) }, Ct);

        await ProblemJson.AssertAsync(longer, HttpStatusCode.BadRequest, Ct, "note");
        Assert.Equal(HttpStatusCode.Created, longest.StatusCode);
    }

    [Fact]
    public async Task Report_OneselfOrOnesPost_Is400()
    {
        var alice = app.NewUser();
        var post = await alice.PublishAsync("hello", Ct);

        using var self = await alice.ReportAsync(new { user_id = alice.Id.ToString(), reason = "spam" }, Ct);
        using var own = await alice.ReportAsync(new { post_id = post.ToString(), reason = "spam" }, Ct);

        await ProblemJson.AssertAsync(self, HttpStatusCode.BadRequest, Ct, "user_id");
        await ProblemJson.AssertAsync(own, HttpStatusCode.BadRequest, Ct, "post_id");
    }

    [Fact]
    public async Task Report_WhatTheCallerDoesNotSee_Is404()
    {
        var (alice, bob, gone) = (app.NewUser(), app.NewUser(), app.NewUser());
        var hidden = await alice.PublishAsync("for followers", Ct, "followers");
        var deleted = await alice.PublishAsync("soon gone", Ct);
        (await alice.Client.DeleteAsync(new Uri($"/v1/posts/{deleted}", UriKind.Relative), Ct)).Dispose();
        app.Users.ChangeCard(gone.Id, card => card with { Standing = AuthorStanding.Suspended });

        foreach (var body in (object[])
            [
                new { post_id = hidden.ToString(), reason = "spam" }, new { post_id = deleted.ToString(), reason = "spam" }, new { post_id = "1", reason = "spam" },
                new { user_id = gone.Id.ToString(), reason = "spam" }, new { user_id = "1", reason = "spam" },
            ])
        {
            using var answer = await bob.ReportAsync(body, Ct);
            await ProblemJson.AssertAsync(answer, HttpStatusCode.NotFound, Ct);
        }
    }

    [Fact]
    public async Task Report_WithoutToken_Is401()
    {
        using var anonymous = app.Client(token: null);
        using var answer = await anonymous.PostAsJsonAsync("/v1/reports", new { user_id = "1", reason = "spam" }, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.Unauthorized, Ct);
    }

    [Fact]
    public async Task Report_ByAnAdministrator_OpensACaseAboutWhatHeDoesNotSee()
    {
        var (alice, admin) = (app.NewUser(), app.NewAdmin());
        var hidden = await alice.PublishAsync("for followers", Ct, "followers");

        await admin.ReportAsync(hidden, Ct);

        Assert.Single(await admin.CasesAsync(hidden, Ct));
        using var nothing = await admin.ReportAsync(new { post_id = "1", reason = "spam" }, Ct);
        await ProblemJson.AssertAsync(nothing, HttpStatusCode.NotFound, Ct);
    }

    [Fact]
    public async Task Report_ManyAtOnce_MakeOneCaseAndOneReportEach()
    {
        var (alice, admin) = (app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("hello", Ct);
        TestUser[] reporters = [.. Enumerable.Range(0, 8).Select(_ => app.NewUser())];

        var answers = await Task.WhenAll(reporters.Concat(reporters).Select(reporter => reporter.ReportAsync(new { post_id = post.ToString(), reason = "abuse" }, Ct)));

        Assert.Equal((8, 8), (answers.Count(answer => answer.StatusCode == HttpStatusCode.Created), answers.Count(answer => answer.StatusCode == HttpStatusCode.OK)));
        var found = Assert.Single(await admin.CasesAsync(post, Ct));
        Assert.Equal(8, found.GetProperty("reporters_count").GetInt32());
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Report_AfterTheDecision_OpensTheNextCase()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("hello", Ct);
        await bob.ReportAsync(post, Ct);
        var first = Assert.Single(await admin.CasesAsync(post, Ct));
        await admin.DecideAsync(first, "dismiss", Ct);
        Assert.Empty(await admin.CasesAsync(post, Ct));

        await bob.ReportAsync(post, Ct);

        var second = Assert.Single(await admin.CasesAsync(post, Ct));
        Assert.NotEqual(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        Assert.Equal(1, second.GetProperty("reporters_count").GetInt32());
    }

    [Fact]
    public async Task Report_WhileDecisionsFall_IsInACaseEachTime()
    {
        var (alice, admin) = (app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("hello", Ct);
        await app.NewUser().ReportAsync(post, Ct);
        var found = Assert.Single(await admin.CasesAsync(post, Ct));
        TestUser[] reporters = [.. Enumerable.Range(0, 8).Select(_ => app.NewUser())];

        await Task.WhenAll([.. reporters.Select(reporter => reporter.ReportAsync(post, Ct)), admin.DecideAsync(found, "dismiss", Ct)]);

        var cases = (await admin.CasesAsync(post, Ct)).Concat(await admin.CasesAsync(post, Ct, "resolved")).ToList();
        Assert.Equal(9, cases.Sum(each => each.GetProperty("reporters_count").GetInt32()));
        Assert.InRange(cases.Count, 1, 2);
    }
}
