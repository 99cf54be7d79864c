using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.PostService.Tests.Moderation;

namespace Pulse.PostService.Tests.Erasing;

public sealed class ErasedReportTests(PostsApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Erase_AReporter_TakesHisNoteAndNotHisVote()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        await bob.ReportAsync(alice.Id, Ct, "abuse", "he knows me");

        await EraseAsync(bob.Id);

        var found = Assert.Single(await admin.CasesAsync(alice.Id, Ct));
        Assert.Equal(1, found.GetProperty("reporters_count").GetInt32());
        Assert.Empty(found.GetProperty("notes").EnumerateArray());
        await using var command = app.Database.CreateCommand("SELECT count(*) FROM reports WHERE reporter_id = $1");
        command.Parameters.Add(new() { Value = bob.Id.Value });
        Assert.Equal(0L, await command.ExecuteScalarAsync(Ct));
    }

    [Fact]
    public async Task Erase_AReportedAuthor_ClosesHisCasesAndEmptiesWhatHePosted()
    {
        var (alice, bob, admin) = (app.NewUser(), app.NewUser(), app.NewAdmin());
        var post = await alice.PublishAsync("first", Ct);
        (await alice.EditAsync(post, new { content = "second" }, Ct)).Dispose();
        await bob.ReportAsync(post, Ct);
        await bob.ReportAsync(alice.Id, Ct);

        await EraseAsync(alice.Id);
        await EraseAsync(alice.Id);

        Assert.Empty(await admin.CasesAsync(post, Ct));
        Assert.Empty(await admin.CasesAsync(alice.Id, Ct));
        var found = Assert.Single(await admin.CasesAsync(post, Ct, "resolved"));
        var decision = found.GetProperty("decision");
        Assert.Equal(("dismiss", JsonValueKind.Null, true), (decision.GetProperty("action").GetString(), decision.GetProperty("by").ValueKind, decision.GetProperty("done").GetBoolean()));
        Assert.NotNull(decision.GetProperty("note").GetString());
        Assert.Single(await admin.AuditAsync(found, Ct));
        var shown = found.GetProperty("target").GetProperty("post");
        Assert.Empty(shown.GetProperty("content").GetString()!);
        Assert.Empty(shown.GetProperty("versions").EnumerateArray());
        Assert.True(shown.GetProperty("deleted").GetBoolean());
    }

    private async Task EraseAsync(UserId author)
    {
        using var client = app.InternalClient();
        using var answer = await client.PostAsync(new Uri($"/internal/authors/{author}/erase", UriKind.Relative), content: null, Ct);
        answer.EnsureSuccessStatusCode();
        Assert.True((await answer.Content.ReadFromJsonAsync<AuthorErasure>(PulseJson.Options, Ct))!.Done);
    }
}
