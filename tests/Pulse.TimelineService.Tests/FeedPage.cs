using System.Net;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.TestInfrastructure.Http;

namespace Pulse.TimelineService.Tests;

/// <summary>A page of a feed as a client sees it.</summary>
internal sealed record FeedPage(IReadOnlyList<long> Ids, string? NextCursor, bool HasMore, string Source, string? CompleteSince, string Ranking, IReadOnlyList<string> Degraded)
{
    public static FeedPage Parse(string body)
    {
        var page = JsonElement.Parse(body);
        return new FeedPage(
            [.. page.GetProperty("posts").EnumerateArray().Select(post => PostId.Parse(post.GetProperty("id").GetString()!, provider: null).Value)],
            page.GetProperty("next_cursor").GetString(),
            page.GetProperty("has_more").GetBoolean(),
            page.GetProperty("source").GetString()!,
            page.GetProperty("complete_since").GetString(),
            page.GetProperty("ranking").GetString()!,
            [.. page.GetProperty("degraded").EnumerateArray().Select(value => value.GetString()!)]);
    }
}

/// <summary>A user and his client.</summary>
internal sealed record TestUser(UserId Id, HttpClient Client)
{
    public Task<HttpResponseMessage> GetAsync(string query, CancellationToken ct) => Client.GetAsync(new Uri($"/v1/feed{query}", UriKind.Relative), ct);

    public async Task<FeedPage> ReadAsync(CancellationToken ct, int limit = 50, string? cursor = null)
    {
        using var answer = await GetAsync($"?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}", ct);
        var body = await answer.Content.ReadAsStringAsync(ct);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode}: {body}");
        return FeedPage.Parse(body);
    }

    /// <summary>Follows cursors to the end and asserts what holds for every walk: full pages, no repeats, falling ids.</summary>
    public async Task<IReadOnlyList<long>> WalkAsync(int limit, CancellationToken ct)
    {
        List<long> walked = [];
        string? cursor = null;
        do
        {
            var page = await ReadAsync(ct, limit, cursor);
            walked.AddRange(page.Ids);
            Assert.True(page.Ids.Count == limit || !page.HasMore, $"A page of {page.Ids.Count} of {limit} says that there is more.");
            Assert.Equal(page.HasMore, page.NextCursor is not null);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.All(walked.Zip(walked.Skip(1)), pair => Assert.True(pair.First > pair.Second, $"{pair.Second} follows {pair.First}."));
        return walked;
    }
}
