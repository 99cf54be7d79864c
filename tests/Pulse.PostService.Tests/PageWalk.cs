using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Ids;

namespace Pulse.PostService.Tests;

/// <summary>Follows the cursors of a list of posts.</summary>
internal static class PageWalk
{
    /// <summary>Every post of a list, in its order.</summary>
    /// <param name="user">Who reads.</param>
    /// <param name="path">With its query, if it has one.</param>
    /// <param name="ct">Ends it.</param>
    /// <param name="limit">Posts per page.</param>
    /// <param name="list">Where in the answer the page is.</param>
    /// <param name="between">What happens between two pages.</param>
    public static async Task<List<PostId>> WalkAsync(
        this TestUser user, string path, CancellationToken ct, int limit = 100, Func<JsonElement, JsonElement>? list = null, Func<Task>? between = null)
    {
        List<PostId> walked = [];
        for (string? cursor = null; ;)
        {
            using var answer = await user.Client.GetAsync(new Uri($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}", UriKind.Relative), ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
            page = list is null ? page : list(page);
            var posts = page.GetProperty("posts").EnumerateArray().ToList();
            Assert.True(posts.Count <= limit);
            walked.AddRange(posts.Select(post => PostId.Parse(post.GetProperty("id").GetString()!, provider: null)));
            cursor = page.GetProperty("next_cursor").GetString();
            Assert.Equal(cursor is not null, page.GetProperty("has_more").GetBoolean());
            if (cursor is null) return walked;
            if (between is not null) await between();
        }
    }
}
