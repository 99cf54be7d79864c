using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Ids;
using Pulse.Contracts.PublishedKeys;
using Pulse.ServiceDefaults.Problems;
using Pulse.TestInfrastructure;

namespace Pulse.PostService.Tests.Engagement;

/// <summary>Counts of a post, wherever they were read.</summary>
internal readonly record struct Counts(long Likes, long Reposts = 0, long Replies = 0)
{
    public static Counts Of(JsonElement post) =>
        new(post.GetProperty("likes_count").GetInt64(), post.GetProperty("reposts_count").GetInt64(), post.GetProperty("replies_count").GetInt64());
}

/// <summary>What a viewer has done to a post, as he is shown it.</summary>
internal readonly record struct Marks(bool Liked, bool Reposted, bool Bookmarked)
{
    public static Marks Of(JsonElement post) =>
        new(post.GetProperty("liked").GetBoolean(), post.GetProperty("reposted").GetBoolean(), post.GetProperty("bookmarked").GetBoolean());
}

internal static class EngagementCalls
{
    /// <summary><c>like</c>, <c>repost</c> or <c>bookmark</c>.</summary>
    public static Task<HttpResponseMessage> DoAsync(this TestUser user, string what, PostId post, CancellationToken ct) =>
        user.Client.PutAsync(new Uri($"/v1/posts/{post}/{what}", UriKind.Relative), content: null, ct);

    /// <summary>Takes it back.</summary>
    public static Task<HttpResponseMessage> UndoAsync(this TestUser user, string what, PostId post, CancellationToken ct) =>
        user.Client.DeleteAsync(new Uri($"/v1/posts/{post}/{what}", UriKind.Relative), ct);

    /// <summary>The JSON of an answer that must be 200.</summary>
    public static async Task<JsonElement> OkAsync(this Task<HttpResponseMessage> call, CancellationToken ct)
    {
        using var answer = await call;
        var text = await answer.Content.ReadAsStringAsync(ct);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri}: {(int)answer.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>Calls until it is answered: of many at once some may find no connection to Postgres in time, and their callers ask again.</summary>
    public static async Task<JsonElement> InsistAsync(Func<Task<HttpResponseMessage>> call, CancellationToken ct)
    {
        while (true)
        {
            var answer = await call();
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable) return await Task.FromResult(answer).OkAsync(ct);
            answer.Dispose();
        }
    }

    public static Task<JsonElement> ShownAsync(this TestUser viewer, PostId post, CancellationToken ct) =>
        viewer.Client.GetAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), ct).OkAsync(ct);

    public static async Task<HttpStatusCode> DeleteAsync(this TestUser author, PostId post, CancellationToken ct)
    {
        using var answer = await author.Client.DeleteAsync(new Uri($"/v1/posts/{post}", UriKind.Relative), ct);
        return answer.StatusCode;
    }

    public static Task<PostId> ReplyAsync(this TestUser author, PostId parent, CancellationToken ct) => author.CreateAsync(new { content = "reply", in_reply_to = parent.ToString() }, ct);

    public static Task<PostId> RepostAsync(this TestUser author, PostId original, CancellationToken ct) => author.CreateAsync(new { repost_of = original.ToString() }, ct);

    /// <summary>What readers of Redis are told; null when it says nothing.</summary>
    public static async Task<Counts?> PublishedAsync(this PostsApp app, PostId post) =>
        (byte[]?)await app.Cache.StringGetAsync(PostKeys.Counts(post)) is { } value && PostCounts.Decode(post, value) is { } counts ? new Counts(counts.Likes, counts.Reposts, counts.Replies) : null;

    public static Task PublishedUntilAsync(this PostsApp app, PostId post, Counts counts, CancellationToken ct) => Until.TrueAsync(
        async () =>
        {
            try
            {
                return await app.PublishedAsync(post) == counts;
            }
            catch (Exception exception) when (Outage.Is(exception))
            {
                // It has only just come back.
                return false;
            }
        },
        $"Redis says {counts}",
        ct);

    /// <summary>Asks the database for a number.</summary>
    public static async Task<long> CountAsync(this PostsApp app, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = app.Database.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public static async Task ExecuteAsync(this PostsApp app, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = app.Database.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<PostId> CreateAsync(this TestUser author, object body, CancellationToken ct)
    {
        using var answer = await author.PostAsync(body, ct);
        answer.EnsureSuccessStatusCode();
        return PostId.Parse((await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetString()!, provider: null);
    }
}
