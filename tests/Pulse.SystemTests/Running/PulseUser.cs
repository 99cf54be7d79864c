using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Running;

/// <summary>Somebody who uses Pulse over its public API and knows nothing else of it.</summary>
internal sealed class PulseUser
{
    public PulseUser(Uri api, string id, string username, string token)
    {
        (Id, Username) = (id, username);
        Client = new HttpClient { BaseAddress = api };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public string Id { get; }

    public string Username { get; }

    public HttpClient Client { get; }

    public async Task FollowAsync(PulseUser other, CancellationToken ct)
    {
        using var answer = await Client.PutAsync($"/v1/users/{other.Id}/follow", content: null, ct);
        await answer.MustJsonAsync(ct);
    }

    public async Task UnfollowAsync(PulseUser other, CancellationToken ct)
    {
        using var answer = await Client.DeleteAsync($"/v1/users/{other.Id}/follow", ct);
        await answer.MustJsonAsync(ct);
    }

    public async Task BlockAsync(PulseUser other, CancellationToken ct)
    {
        using var answer = await Client.PutAsync($"/v1/users/{other.Id}/block", content: null, ct);
        await answer.MustJsonAsync(ct);
    }

    public async Task UnblockAsync(PulseUser other, CancellationToken ct)
    {
        using var answer = await Client.DeleteAsync($"/v1/users/{other.Id}/block", ct);
        await answer.MustJsonAsync(ct);
    }

    /// <returns>The id of the post.</returns>
    public Task<string> PostAsync(string content, CancellationToken ct) => PostAsync(new { content }, ct);

    /// <returns>The id of the post.</returns>
    public async Task<string> PostAsync(object body, CancellationToken ct)
    {
        using var answer = await Client.PostAsJsonAsync("/v1/posts", body, ct);
        return (await answer.MustJsonAsync(ct)).GetProperty("id").GetString()!;
    }

    public async Task EditAsync(string post, string content, CancellationToken ct)
    {
        using var answer = await Client.PatchAsJsonAsync($"/v1/posts/{post}", new { content }, ct);
        await answer.MustJsonAsync(ct);
    }

    /// <summary>Posts under a trace that the caller will know again.</summary>
    public async Task<(string Post, string TraceId)> PostTracedAsync(string content, CancellationToken ct)
    {
        var traceId = ActivityTraceId.CreateRandom().ToHexString();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/posts") { Content = JsonContent.Create(new { content }) };
        request.Headers.Add("traceparent", $"00-{traceId}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
        using var answer = await Client.SendAsync(request, ct);
        return ((await answer.MustJsonAsync(ct)).GetProperty("id").GetString()!, traceId);
    }

    public async Task DeleteAsync(string post, CancellationToken ct)
    {
        using var answer = await Client.DeleteAsync($"/v1/posts/{post}", ct);
        answer.EnsureSuccessStatusCode();
    }

    public async Task<FeedPage> FeedAsync(CancellationToken ct, int limit = 50, string? cursor = null)
    {
        using var answer = await Client.GetAsync($"/v1/feed?limit={limit}" + (cursor is null ? "" : $"&cursor={cursor}"), ct);
        return FeedPage.From(await answer.MustJsonAsync(ct));
    }

    /// <summary>Every id from the first page to the last.</summary>
    public async Task<List<string>> WalkAsync(int limit, CancellationToken ct)
    {
        List<string> ids = [];
        string? cursor = null;
        do
        {
            var page = await FeedAsync(ct, limit, cursor);
            Assert.True(page.Ids.Count == limit || !page.HasMore, $"A page of {page.Ids.Count} of {limit} says that there is more.");
            ids.AddRange(page.Ids);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return ids;
    }

    /// <summary>Reads until <paramref name="condition"/> holds.</summary>
    public async Task<FeedPage> FeedUntilAsync(Func<FeedPage, bool> condition, string what, CancellationToken ct)
    {
        FeedPage? page = null;
        await Until.TrueAsync(async () => condition(page = await FeedAsync(ct)), what, ct);
        return page!;
    }
}

/// <summary>A post on a page, as far as the tests ask.</summary>
/// <param name="Id">Its own.</param>
/// <param name="AuthorId">Who posted or reposted.</param>
/// <param name="Content">Its text, or that of the post that it shows.</param>
/// <param name="ContentId">The post that it shows; of a plain one itself.</param>
internal sealed record FeedPost(string Id, string AuthorId, string Content, string ContentId)
{
    public static FeedPost From(JsonElement post)
    {
        var shown = post.GetProperty("repost_of") is { ValueKind: JsonValueKind.Object } original ? original : post;
        return new FeedPost(
            post.GetProperty("id").GetString()!,
            post.GetProperty("author").GetProperty("id").GetString()!,
            shown.GetProperty("content").GetString()!,
            shown.GetProperty("id").GetString()!);
    }
}

/// <summary>A page of a home timeline, as far as the tests ask.</summary>
internal sealed record FeedPage(IReadOnlyList<FeedPost> Posts, string Source, IReadOnlyList<string> Degraded, bool HasMore, string? NextCursor, string? CompleteSince)
{
    public IReadOnlyList<string> Ids { get; } = [.. Posts.Select(post => post.Id)];

    public static FeedPage From(JsonElement page) => new(
        [.. page.GetProperty("posts").EnumerateArray().Select(FeedPost.From)],
        page.GetProperty("source").GetString()!,
        [.. page.GetProperty("degraded").EnumerateArray().Select(value => value.GetString()!)],
        page.GetProperty("has_more").GetBoolean(),
        page.GetProperty("next_cursor").GetString(),
        page.GetProperty("complete_since").GetString());
}

internal static class HttpAnswers
{
    /// <summary>The JSON of an answer that must be a success.</summary>
    public static async Task<JsonElement> MustJsonAsync(this HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }
}
