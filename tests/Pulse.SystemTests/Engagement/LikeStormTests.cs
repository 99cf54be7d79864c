using System.Diagnostics;
using System.Text.Json;
using Pulse.SystemTests.Drills.Steps;
using Pulse.TestInfrastructure;
using StackExchange.Redis;

namespace Pulse.SystemTests.Engagement;

/// <summary>A hundred users like one post and take it back, all at once and over and over, and posts dies of kill -9 in the middle.</summary>
public sealed class LikeStormTests(RunningPulse pulse, ITestOutputHelper output) : SystemTest(pulse)
{
    private const int Users = 100;

    // What the contract promises, from the moment when posts is healthy again.
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    private int _answered;
    private int _failed;

    [Fact]
    [Trait("Invariant", "19")]
    [Trait("Invariant", "28")]
    public async Task Likes_PostsKilledInTheMiddle_CountAsManyAsTheirRows()
    {
        var author = await Pulse.NewUserAsync(Ct);
        var users = await Pulse.NewUsersAsync(Users, Ct);
        await users[0].FollowAsync(author, Ct);
        var post = await author.PostAsync("everybody's darling", Ct);
        await users[0].FeedUntilAsync(page => page.Ids.Contains(post), "the post has arrived", Ct);
        using var redis = await ConnectionMultiplexer.ConnectAsync(await RedisAsync());
        using var posts = Process.GetProcessById((await Pulse.StatusAsync("posts", Ct)).GetProperty("pid").GetInt32());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var calls = users.SelectMany(user => (Task[])[
            RepeatAsync(() => user.Client.PutAsync($"/v1/posts/{post}/like", content: null, Ct), stop.Token),
            RepeatAsync(() => user.Client.DeleteAsync($"/v1/posts/{post}/like", Ct), stop.Token)]).ToList();
        await Until.TrueAsync(() => Volatile.Read(ref _answered) > 2 * Users, "the storm is on", Ct);

        posts.Kill();
        await stop.CancelAsync();
        await Task.WhenAll(calls);
        await Until.TrueAsync(async () => (await Pulse.StatusAsync("posts", Ct)).GetProperty("state").GetString() == "Exited", "the status says that posts has exited", Ct);
        await Pulse.ResourceAsync("posts", "start", Ct);

        var back = Stopwatch.StartNew();
        long rows = 0;
        await Until.TrueAsync(
            async () =>
            {
                rows = await Pulse.CountAsync("postsdb", "SELECT count(*) FROM likes WHERE post_id = $1", Ct, long.Parse(post));
                return ((string?)await redis.GetDatabase().StringGetAsync($"p:counts:{{{post}}}"))?.Split(':')[1] == $"{rows}"
                    && await ShownAsync(author.Client, $"/v1/posts/{post}", post) == rows
                    && await ShownAsync(users[0].Client, "/v1/feed", post) == rows;
            },
            "the post, the feed and Redis count the rows",
            Promised,
            Ct);
        output.WriteLine($"{_answered} calls were answered and {_failed} failed; {rows} likes are left, and were counted {back.ElapsedMilliseconds} ms after posts was back");
        Assert.InRange(_failed, 1, int.MaxValue);
        Assert.Equal(0, await Pulse.CountAsync("postsdb", "SELECT count(*) FROM post_count_steps WHERE post_id = $1", Ct, long.Parse(post)));
        foreach (var user in users.Take(5))
        {
            using var shown = await user.Client.GetAsync($"/v1/posts/{post}", Ct);
            var liked = await Pulse.CountAsync("postsdb", "SELECT count(*) FROM likes WHERE post_id = $1 AND user_id = $2", Ct, long.Parse(post), long.Parse(user.Id)) == 1;
            Assert.Equal(liked, (await shown.MustJsonAsync(Ct)).GetProperty("liked").GetBoolean());
        }
    }

    /// <summary>Calls until it is stopped. A call fails only while posts is away.</summary>
    private async Task RepeatAsync(Func<Task<HttpResponseMessage>> call, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await call();
                Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode >= 502, $"{answer.RequestMessage!.Method} was answered {(int)answer.StatusCode}.");
                Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref _answered : ref _failed);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }

    /// <summary>The likes that a call shows of a post, by itself or on a page.</summary>
    private static async Task<long?> ShownAsync(HttpClient viewer, string path, string post)
    {
        using var answer = await viewer.GetAsync(path, Ct);
        var body = await answer.MustJsonAsync(Ct);
        var shown = body.TryGetProperty("posts", out var page) ? page.EnumerateArray().SingleOrDefault(each => each.GetProperty("id").GetString() == post) : body;
        return shown.ValueKind == JsonValueKind.Undefined ? null : shown.GetProperty("likes_count").GetInt64();
    }

    private async Task<string> RedisAsync()
    {
        var address = new Uri((await Pulse.StatusAsync("redis", Ct)).GetProperty("urls")[0].GetString()!);
        return $"{address.Host}:{address.Port}";
    }
}
