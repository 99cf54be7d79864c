using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.Contracts.Api;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Notifications;

namespace Pulse.TimelineService.Tests.Notifications;

/// <summary>A notification as a client sees it.</summary>
internal sealed record Notification(long Id, string Kind, bool Read, IReadOnlyList<UserId> Actors, int ActorsCount, PostId? Post, JsonElement Json)
{
    public static Notification Parse(JsonElement json) => new(
        NotificationId.Parse(json.GetProperty("id").GetString()!, provider: null).Value,
        json.GetProperty("kind").GetString()!,
        json.GetProperty("read").GetBoolean(),
        [.. json.GetProperty("actors").EnumerateArray().Select(actor => UserId.Parse(actor.GetProperty("id").GetString()!, provider: null))],
        json.GetProperty("actors_count").GetInt32(),
        json.TryGetProperty("post", out var post) ? PostId.Parse(post.GetProperty("id").GetString()!, provider: null) : null,
        json);
}

/// <summary>A page of them.</summary>
internal sealed record NotificationPage(IReadOnlyList<Notification> Notifications, string? NextCursor, bool HasMore, int Unread, IReadOnlyList<string> Degraded)
{
    public IReadOnlyList<string> Kinds => [.. Notifications.Select(notification => notification.Kind)];

    public static NotificationPage Parse(string body)
    {
        var page = JsonElement.Parse(body);
        return new NotificationPage(
            [.. page.GetProperty("notifications").EnumerateArray().Select(Notification.Parse)],
            page.GetProperty("next_cursor").GetString(),
            page.GetProperty("has_more").GetBoolean(),
            page.GetProperty("unread_count").GetInt32(),
            [.. page.GetProperty("degraded").EnumerateArray().Select(value => value.GetString()!)]);
    }
}

internal static class NotificationCalls
{
    private static readonly Uri Path = new("/v1/notifications", UriKind.Relative);
    private static long _versions;

    public static Task<HttpResponseMessage> GetNotificationsAsync(this TestUser user, string query, CancellationToken ct) => user.Client.GetAsync(new Uri($"{Path}{query}", UriKind.Relative), ct);

    public static async Task<NotificationPage> NotificationsAsync(this TestUser user, CancellationToken ct, int limit = 20, string? cursor = null)
    {
        using var answer = await user.GetNotificationsAsync($"?limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}", ct);
        var body = await answer.Content.ReadAsStringAsync(ct);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode}: {body}");
        return NotificationPage.Parse(body);
    }

    /// <summary>Follows cursors to the end and asserts what holds for every walk: full pages, no repeats, falling ids, one number of unread ones.</summary>
    public static async Task<IReadOnlyList<Notification>> WalkNotificationsAsync(this TestUser user, int limit, CancellationToken ct)
    {
        List<Notification> walked = [];
        HashSet<int> unread = [];
        string? cursor = null;
        do
        {
            var page = await user.NotificationsAsync(ct, limit, cursor);
            walked.AddRange(page.Notifications);
            unread.Add(page.Unread);
            Assert.True(page.Notifications.Count == limit || !page.HasMore, $"A page of {page.Notifications.Count} of {limit} says that there is more.");
            Assert.Equal(page.HasMore, page.NextCursor is not null);
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.All(walked.Zip(walked.Skip(1)), pair => Assert.True(pair.First.Id > pair.Second.Id, $"{pair.Second.Id} follows {pair.First.Id}."));
        Assert.Equal(Math.Min(walked.Count(notification => !notification.Read), 100), Assert.Single(unread));
        return walked;
    }

    public static async Task ReadUpToAsync(this TestUser user, long id, CancellationToken ct)
    {
        using var answer = await user.Client.PostAsJsonAsync(new Uri($"{Path}/read", UriKind.Relative), new { up_to = $"{id}" }, ct);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>What the worker does with an event: tells a user of something that another one did.</summary>
    public static Task TellAsync(this FeedApp app, TestUser user, TestUser actor, NotificationKind kind, CancellationToken ct, PostId? post = null) => app.Notifications.TellAsync(
        new Act(actor.Id, post?.Value ?? Interlocked.Increment(ref _versions), TimeProvider.System.GetUtcNow()), [new Notice(user.Id, kind, post?.Value ?? 0)], ct);

    /// <summary>A like as the worker tells of it.</summary>
    public static Task LikeAsync(this FeedApp app, TestUser liker, TestUser author, PostId post, CancellationToken ct) => app.Notifications.TellAsync(
        new Act(liker.Id, Interlocked.Increment(ref _versions), TimeProvider.System.GetUtcNow()), [Notice.Of(author.Id, NotificationKind.Like, post)], ct);

    public static Task UnlikeAsync(this FeedApp app, TestUser liker, TestUser author, PostId post, CancellationToken ct) => app.Notifications.EndAsync(
        new Act(liker.Id, Interlocked.Increment(ref _versions), TimeProvider.System.GetUtcNow()), Notice.Of(author.Id, NotificationKind.Like, post), ct);
}
