using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Pulse.Contracts.Ids;

namespace Pulse.PostService.Tests.Moderation;

/// <summary>The calls of reporters and administrators.</summary>
internal static class ModerationCalls
{
    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    public static Task<HttpResponseMessage> ReportAsync(this TestUser user, object body, CancellationToken ct) => user.Client.PostAsJsonAsync("/v1/reports", body, ct);

    /// <summary>A report that must be taken.</summary>
    public static async Task ReportAsync(this TestUser user, PostId post, CancellationToken ct, string reason = "spam", string? note = null)
    {
        using var answer = await user.ReportAsync(new { post_id = post.ToString(), reason, note }, ct);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>The same about a user.</summary>
    public static async Task ReportAsync(this TestUser user, UserId reported, CancellationToken ct, string reason = "abuse", string? note = null)
    {
        using var answer = await user.ReportAsync(new { user_id = reported.ToString(), reason, note }, ct);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    public static Task<HttpResponseMessage> ResolveAsync(this TestUser admin, JsonElement @case, string action, CancellationToken ct, string? note = null) =>
        admin.Client.PostAsJsonAsync($"/v1/admin/reports/{@case.GetProperty("id").GetString()}/resolve", new { action, note }, ct);

    /// <summary>A decision that must be taken.</summary>
    public static async Task<JsonElement> DecideAsync(this TestUser admin, JsonElement @case, string action, CancellationToken ct, string? note = null)
    {
        using var answer = await admin.ResolveAsync(@case, action, ct, note);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(ct));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
    }

    /// <summary>The cases of a post, the newest first, looked for page by page.</summary>
    public static Task<IReadOnlyList<JsonElement>> CasesAsync(this TestUser admin, PostId post, CancellationToken ct, string status = "open") =>
        admin.CasesAsync(target => target.GetProperty("post") is { ValueKind: JsonValueKind.Object } shown && shown.GetProperty("id").GetString() == post.ToString(), status, ct);

    /// <summary>The same of a user.</summary>
    public static Task<IReadOnlyList<JsonElement>> CasesAsync(this TestUser admin, UserId user, CancellationToken ct, string status = "open") =>
        admin.CasesAsync(target => target.GetProperty("user") is { ValueKind: JsonValueKind.Object } shown && shown.GetProperty("id").GetString() == user.ToString(), status, ct);

    /// <summary>The entries of the audit log about a case, the newest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> AuditAsync(this TestUser admin, JsonElement @case, CancellationToken ct) =>
        [.. (await admin.PagesAsync("/v1/admin/reports/audit?limit=100", "actions", ct)).Where(entry => entry.GetProperty("case_id").GetString() == @case.GetProperty("id").GetString())];

    public static async Task<IReadOnlyList<JsonElement>> PagesAsync(this TestUser user, string path, string list, CancellationToken ct)
    {
        List<JsonElement> found = [];
        for (string? cursor = null; ;)
        {
            var page = await user.GetAsync(cursor is null ? path : $"{path}&cursor={cursor}", ct);
            found.AddRange(page.GetProperty(list).EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
            Assert.Equal(cursor is not null, page.GetProperty("has_more").GetBoolean());
            if (cursor is null) return found;
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> CasesAsync(this TestUser admin, Predicate<JsonElement> isIt, string status, CancellationToken ct) =>
        [.. (await admin.PagesAsync($"/v1/admin/reports?status={status}&limit=100", "reports", ct)).Where(found => isIt(found.GetProperty("target")))];
}
