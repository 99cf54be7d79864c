using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Visibility;

/// <summary>A reader, an author with two posts, and somebody whom both follow and who follows the author back.</summary>
internal sealed class Scene
{
    // Long enough to read on every path, short enough to wait for.
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(5);

    private readonly PulseUser _reader;
    private readonly PulseUser _author;
    private readonly PulseUser _hub;
    private readonly List<string> _posts = [];
    private string _cursor = "";

    private Scene(IReadOnlyList<PulseUser> users) => (_reader, _author, _hub) = (users[0], users[1], users[2]);

    /// <summary>A scene in which the reader follows the author, after <paramref name="prepare"/>, and has read on every path.</summary>
    public static async Task<Scene> OpenAsync(RunningPulse pulse, IReadOnlyList<Act> prepare, CancellationToken ct)
    {
        var scene = new Scene(await pulse.NewUsersAsync(3, ct));
        await scene._reader.FollowAsync(scene._author, ct);
        await scene._reader.FollowAsync(scene._hub, ct);
        await scene._author.FollowAsync(scene._hub, ct);
        await scene._hub.FollowAsync(scene._author, ct);
        foreach (var content in (string[])["first", "second"]) scene._posts.Add(await scene._author.PostAsync(content, ct));
        var newest = await scene._hub.PostAsync("newest", ct);
        await scene._reader.FeedUntilAsync(page => page.Ids.Count == 3 && page.Ids[0] == newest, "the posts have arrived", ct);
        foreach (var act in prepare) await scene.DoAsync(act, ct);

        await scene._reader.FeedUntilAsync(page => page is { Source: "cache", Degraded: [] }, "the timeline is warm", ct);
        scene._cursor = (await scene._reader.FeedAsync(ct, limit: 1)).NextCursor ?? "";
        // Whoever saw one post alone has no second page, and gets the cursor of somebody who has one: it names ids and no reader.
        if (scene._cursor.Length == 0) scene._cursor = (await scene._hub.FeedAsync(ct, limit: 1)).NextCursor!;
        await scene.SeeAsync(ct);
        return scene;
    }

    public async Task DoAsync(Act act, CancellationToken ct)
    {
        switch (act)
        {
            case Act.Follow:
                await _reader.FollowAsync(_author, ct);
                break;
            case Act.Unfollow:
                await _reader.UnfollowAsync(_author, ct);
                break;
            case Act.Block:
                await _reader.BlockAsync(_author, ct);
                break;
            case Act.Unblock:
                await _reader.UnblockAsync(_author, ct);
                break;
            case Act.AuthorBlocks:
                await _author.BlockAsync(_reader, ct);
                break;
            case Act.AuthorUnblocks:
                await _author.UnblockAsync(_reader, ct);
                break;
            case Act.Mute:
                await MuteAsync(new { }, ct);
                break;
            case Act.MuteReposts:
                await MuteAsync(new { reposts_only = true }, ct);
                break;
            case Act.MuteForAWhile:
                await MuteAsync(new { until = TimeProvider.System.GetUtcNow() + AWhile }, ct);
                break;
            case Act.MuteForAnHour:
                await MuteAsync(new { until = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1) }, ct);
                break;
            case Act.WaitForItsEnd:
                await Until.TrueAsync(async () => !await IsMutingAsync(ct), "the mute has ended", ct);
                break;
            case Act.Unmute:
                await MustAsync(_reader.Client.DeleteAsync($"/v1/users/{_author.Id}/mute", ct), ct);
                break;
            case Act.BecomePrivate or Act.BecomePublic:
                await MustAsync(_author.Client.PatchAsJsonAsync("/v1/users/me", new { is_private = act == Act.BecomePrivate }, ct), ct);
                break;
            case Act.Accept or Act.Reject:
                await MustAsync(_author.Client.PostAsync($"/v1/follow-requests/{_reader.Id}/{(act == Act.Accept ? "accept" : "reject")}", content: null, ct), ct);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(act), act, message: null);
        }
    }

    /// <summary>Reads on every path, the home timeline first.</summary>
    public async Task<Sight> SeeAsync(CancellationToken ct)
    {
        var (home, oldCursor, post) = await SeePostsAsync(ct);
        return new Sight(
            home,
            oldCursor,
            post,
            await NamesAsync($"/v1/users/{_author.Id}/posts", "posts", _posts, ct),
            await StatusAsync($"/v1/users/{_author.Id}", ct),
            await NamesAsync($"/v1/users/{_hub.Id}/followers?limit=100", "users", [_author.Id], ct),
            await NamesAsync($"/v1/users/{_hub.Id}/following?limit=100", "users", [_author.Id], ct),
            await ListsAsync(ct));
    }

    /// <summary>The paths that a cache stands before.</summary>
    public async Task<(bool Home, bool OldCursor, HttpStatusCode Post)> SeePostsAsync(CancellationToken ct) => (
        Shows((await _reader.FeedAsync(ct)).Ids, _posts),
        Shows((await _reader.FeedAsync(ct, cursor: _cursor)).Ids, _posts),
        await StatusAsync($"/v1/posts/{_posts[^1]}", ct));

    /// <summary>Whether a search by name shows the author; null as long as there is no search.</summary>
    public async Task<bool?> IsFoundAsync(CancellationToken ct)
    {
        using var answer = await _reader.Client.GetAsync($"/v1/users/search?q={_author.Username}", ct);
        return answer.IsSuccessStatusCode ? Ids(await answer.MustJsonAsync(ct), "users").Contains(_author.Id) : null;
    }

    // All of them or none: half is always wrong.
    private static bool Shows(IReadOnlyList<string> ids, IReadOnlyList<string> wanted)
    {
        var shown = wanted.Count(ids.Contains);
        Assert.True(shown == 0 || shown == wanted.Count, $"{shown} of {wanted.Count} are shown.");
        return shown > 0;
    }

    private static List<string> Ids(JsonElement page, string list) => [.. page.GetProperty(list).EnumerateArray().Select(entry => entry.GetProperty("id").GetString()!)];

    private static async Task MustAsync(Task<HttpResponseMessage> call, CancellationToken ct)
    {
        using var answer = await call;
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
    }

    private Task MuteAsync(object body, CancellationToken ct) => MustAsync(_reader.Client.PutAsJsonAsync($"/v1/users/{_author.Id}/mute", body, ct), ct);

    private async Task<bool> IsMutingAsync(CancellationToken ct)
    {
        using var answer = await _reader.Client.GetAsync($"/v1/users/{_author.Id}", ct);
        return (await answer.MustJsonAsync(ct)).GetProperty("relationship").GetProperty("muting").GetBoolean();
    }

    private async Task<bool> NamesAsync(string path, string list, IReadOnlyList<string> wanted, CancellationToken ct)
    {
        using var answer = await _reader.Client.GetAsync(path, ct);
        return Shows(Ids(await answer.MustJsonAsync(ct), list), wanted);
    }

    private async Task<HttpStatusCode> ListsAsync(CancellationToken ct)
    {
        var (followers, following) = (await StatusAsync($"/v1/users/{_author.Id}/followers", ct), await StatusAsync($"/v1/users/{_author.Id}/following", ct));
        Assert.Equal(followers, following);
        return followers;
    }

    private async Task<HttpStatusCode> StatusAsync(string path, CancellationToken ct)
    {
        using var answer = await _reader.Client.GetAsync(path, ct);
        return answer.StatusCode;
    }
}

/// <summary>What the reader or the author does.</summary>
internal enum Act
{
    Follow,
    Unfollow,
    Block,
    Unblock,
    AuthorBlocks,
    AuthorUnblocks,
    Mute,
    MuteReposts,
    MuteForAWhile,
    MuteForAnHour,
    WaitForItsEnd,
    Unmute,
    BecomePrivate,
    BecomePublic,
    Accept,
    Reject,
}
