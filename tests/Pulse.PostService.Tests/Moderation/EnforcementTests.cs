using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.PostService.Moderation;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;

namespace Pulse.PostService.Tests.Moderation;

public sealed class EnforcementTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UserServiceAway_Decision_StandsAndIsCarriedOutOnceItIsBack()
    {
        await using var app = await StartAsync("00:00:00.200");
        var (alice, admin) = (app.NewUser(), app.NewAdmin());
        await app.NewUser().ReportAsync(alice.Id, Ct);
        var found = Assert.Single(await admin.CasesAsync(alice.Id, Ct));
        app.Users.IsAway = true;

        var decided = await admin.DecideAsync(found, "suspend_user", Ct);
        var again = await admin.DecideAsync(found, "suspend_user", Ct);

        Assert.False(decided.GetProperty("decision").GetProperty("done").GetBoolean());
        Assert.False(again.GetProperty("decision").GetProperty("done").GetBoolean());
        Assert.Equal(alice.Id.ToString(), decided.GetProperty("target").GetProperty("user").GetProperty("username").GetString());
        Assert.Empty(app.Users.OrdersAbout(alice.Id));
        app.Users.IsAway = false;
        await Until.TrueAsync(async () => (await DecisionAsync(admin, alice.Id)).GetProperty("done").GetBoolean(), "the decision is carried out", Ct);
        Assert.Single(app.Users.OrdersAbout(alice.Id));
        Assert.Single(await admin.AuditAsync(found, Ct));
    }

    [Fact]
    public async Task UserServiceAway_DecisionTakenBack_HasTheLastWord()
    {
        await using var app = await StartAsync("00:00:00.200");
        var (alice, admin) = (app.NewUser(), app.NewAdmin());
        await app.NewUser().ReportAsync(alice.Id, Ct);
        var found = Assert.Single(await admin.CasesAsync(alice.Id, Ct));
        app.Users.IsAway = true;
        await admin.DecideAsync(found, "suspend_user", Ct);
        await admin.DecideAsync(found, "restore_user", Ct);
        app.Users.IsAway = false;

        await Until.TrueAsync(async () => (await DecisionAsync(admin, alice.Id)).GetProperty("done").GetBoolean(), "the decision is carried out", Ct);

        Assert.Equal("active", Assert.Single(await admin.CasesAsync(alice.Id, Ct, "resolved")).GetProperty("target").GetProperty("user").GetProperty("standing").GetString());
        Assert.Equal(2, (await admin.AuditAsync(found, Ct)).Count);
    }

    [Fact]
    public async Task UserServiceAway_Report_Is503()
    {
        await using var app = await StartAsync("01:00:00");
        var (alice, bob) = (app.NewUser(), app.NewUser());
        app.Users.IsAway = true;

        using var answer = await bob.ReportAsync(new { user_id = alice.Id.ToString(), reason = "spam" }, Ct);

        await ProblemJson.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, Ct);
    }

    [Fact]
    public async Task CarryOut_ManyAtOnce_EachOnce()
    {
        await using var app = await StartAsync("01:00:00");
        var admin = app.NewAdmin();
        TestUser[] users = [.. Enumerable.Range(0, 6).Select(_ => app.NewUser())];
        foreach (var user in users) await app.NewUser().ReportAsync(user.Id, Ct);
        app.Users.IsAway = true;
        foreach (var user in users) await admin.DecideAsync(Assert.Single(await admin.CasesAsync(user.Id, Ct)), "limit_user", Ct);
        app.Users.IsAway = false;
        await Until.TrueAsync(
            async () => Assert.Single(await admin.CasesAsync(users[0].Id, Ct, "resolved")).GetProperty("target").GetProperty("user").GetProperty("standing").ValueKind == JsonValueKind.String,
            "UserService answers again",
            Ct);
        await using (var command = app.Database.CreateCommand("UPDATE report_cases SET due_at = now() WHERE due_at IS NOT NULL")) await command.ExecuteNonQueryAsync(Ct);

        // What several replicas do.
        var enforcement = app.Services.GetRequiredService<Enforcement>();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            while (await enforcement.CarryOutNextAsync(Ct))
            {
            }
        }));

        foreach (var user in users)
        {
            Assert.Single(app.Users.OrdersAbout(user.Id));
            Assert.True((await DecisionAsync(admin, user.Id)).GetProperty("done").GetBoolean());
        }
    }

    [Fact]
    public async Task CarryOut_LateLimitOfAnEarlierCase_DoesNotUndoALaterDecision()
    {
        await using var app = await StartAsync("01:00:00");
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("hello", Ct);
        await bob.ReportAsync(post, Ct);
        var first = Assert.Single(await admin.CasesAsync(post, Ct));
        await admin.DecideAsync(first, "limit_post", Ct);
        await admin.ReportAsync(post, Ct);
        await admin.DecideAsync(Assert.Single(await admin.CasesAsync(post, Ct)), "restore_post", Ct);
        // As if the process had died right after the first one took effect.
        await using (var command = app.Database.CreateCommand("UPDATE report_cases SET due_at = now() WHERE id = $1"))
        {
            command.Parameters.Add(new() { Value = long.Parse(first.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture) });
            await command.ExecuteNonQueryAsync(Ct);
        }

        Assert.True(await app.Services.GetRequiredService<Enforcement>().CarryOutNextAsync(Ct));

        Assert.Equal("hello", (await bob.ShowAsync(post, Ct)).GetProperty("content").GetString());
        Assert.False(await app.Services.GetRequiredService<Enforcement>().CarryOutNextAsync(Ct));
    }

    [Fact]
    public async Task CarryOut_DecisionOfANewerVersion_KeepsNoOtherWaiting()
    {
        await using var app = await StartAsync("01:00:00");
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        foreach (var user in (TestUser[])[alice, bob]) await app.NewUser().ReportAsync(user.Id, Ct);
        app.Users.IsAway = true;
        foreach (var user in (TestUser[])[alice, bob]) await admin.DecideAsync(Assert.Single(await admin.CasesAsync(user.Id, Ct)), "limit_user", Ct);
        app.Users.IsAway = false;
        await using (var command = app.Database.CreateCommand(
            """
            INSERT INTO moderation_actions (id, admin_id, case_id, action, user_id, at) SELECT id + 1, admin_id, case_id, 'of_a_newer_version', user_id, at FROM moderation_actions WHERE user_id = $1;
            """))
        {
            command.Parameters.Add(new() { Value = alice.Id.Value });
            await command.ExecuteNonQueryAsync(Ct);
        }

        await using (var command = app.Database.CreateCommand(
            "UPDATE report_cases SET decision_id = decision_id + (user_id = $1)::int, due_at = now() - CASE WHEN user_id = $1 THEN interval '2 hours' ELSE interval '1 hour' END"))
        {
            command.Parameters.Add(new() { Value = alice.Id.Value });
            await command.ExecuteNonQueryAsync(Ct);
        }

        var enforcement = app.Services.GetRequiredService<Enforcement>();
        await Until.TrueAsync(async () => !await enforcement.CarryOutNextAsync(Ct) && app.Users.OrdersAbout(bob.Id).Any(), "the other decision is carried out", Ct);

        Assert.Empty(app.Users.OrdersAbout(alice.Id));
    }

    private static async Task<JsonElement> DecisionAsync(TestUser admin, UserId user) => Assert.Single(await admin.CasesAsync(user, Ct, "resolved")).GetProperty("decision");

    private static async Task<PostsApp> StartAsync(string retryInterval)
    {
        var app = new PostsApp { Settings = { ["Moderation:RetryInterval"] = retryInterval } };
        await app.InitializeAsync();
        return app;
    }
}
