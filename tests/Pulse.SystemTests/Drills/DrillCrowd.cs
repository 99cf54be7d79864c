using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Drills;

/// <summary>
/// Authors who post and followers who read while something is killed. Every answer is looked at: a request may fail, as
/// a problem or a broken connection, but what is answered must be true.
/// </summary>
internal sealed class DrillCrowd(IReadOnlyList<PulseUser> authors, IReadOnlyList<PulseUser> followers) : IDisposable
{
    // A light load: the machine has to restart things meanwhile.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(15);

    private readonly ConcurrentDictionary<string, string> _authorOfContent = [];
    private readonly ConcurrentDictionary<string, string> _authorOfAnswered = [];
    private readonly HashSet<string> _authorIds = [.. authors.Select(author => author.Id)];
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _load = [];
    private readonly Lock _lock = new();
    private int _failed;
    private int _sent;
    private (TimeSpan Time, string Request) _slowest;

    /// <summary>Posts that were answered with 201.</summary>
    public int Answered => _authorOfAnswered.Count;

    /// <summary>Requests that failed.</summary>
    public int Failed => _failed;

    public (TimeSpan Time, string Request) Slowest => _slowest;

    public static async Task<DrillCrowd> GatherAsync(RunningPulse pulse, int authors, int followers, CancellationToken ct)
    {
        var people = await pulse.NewUsersAsync(authors + followers, ct);
        foreach (var follower in people.Skip(authors))
        {
            foreach (var author in people.Take(authors)) await follower.FollowAsync(author, ct);
        }

        var since = Stopwatch.StartNew();
        var crowd = new DrillCrowd([.. people.Take(authors)], [.. people.Skip(authors)]);
        foreach (var follower in crowd.Followers) await follower.FeedUntilAsync(page => page.Source == "cache", "the timeline is warm", ct);
        await Until.TrueAsync(() => since.Elapsed > RunningPulse.YoungEdge, "fan-out alone answers for the follows", ct);
        return crowd;
    }

    public IReadOnlyList<PulseUser> Authors { get; } = authors;

    public IReadOnlyList<PulseUser> Followers { get; } = followers;

    public void Dispose() => _stopping.Dispose();

    public void Start()
    {
        _load.AddRange(Authors.Select(author => Task.Run(() => PostAsync(author))));
        _load.Add(Task.Run(ReadAsync));
    }

    /// <summary>Does <paramref name="step"/> over and over beside the load.</summary>
    public void Also(Func<CancellationToken, Task<HttpResponseMessage>> step) => _load.Add(Task.Run(async () =>
    {
        using var pace = new PeriodicTimer(Pace);
        while (!_stopping.IsCancellationRequested)
        {
            (await TryAsync(step))?.Dispose();
            await pace.WaitForNextTickAsync();
        }
    }));

    /// <summary>Notes a post that is sent beside the load: refused or not, its service may have it and commit it later.</summary>
    public void Expect(PulseUser author, string content) => _authorOfContent[content] = author.Id;

    /// <summary>One post, which may fail.</summary>
    /// <returns>Its id; null if it was not answered.</returns>
    public async Task<string?> PostOnceAsync(PulseUser author)
    {
        var content = $"{author.Username} {Interlocked.Increment(ref _sent)}";
        _authorOfContent[content] = author.Id;
        using var answer = await TryAsync(ct => author.Client.PostAsJsonAsync("/v1/posts", new { content }, ct));
        if (answer is null) return null;

        var id = FeedPost.From(await answer.MustJsonAsync(CancellationToken.None)).Id;
        _authorOfAnswered[id] = author.Id;
        return id;
    }

    /// <summary>Waits until <paramref name="more"/> further posts are answered.</summary>
    public async Task AnsweredAsync(int more, CancellationToken ct)
    {
        var goal = Answered + more;
        await Until.TrueAsync(() => Answered >= goal || _load.Exists(task => task.IsFaulted), $"{more} more posts are answered", ct);
    }

    /// <summary>Ends the load; fails if an answer was wrong.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_load);
    }

    /// <summary>Sends a request that may fail.</summary>
    /// <returns>The answer, or null if there was none or it was a proper 5xx.</returns>
    public async Task<HttpResponseMessage?> TryAsync(Func<CancellationToken, Task<HttpResponseMessage>> send)
    {
        var watch = Stopwatch.StartNew();
        var request = "a request without an answer";
        try
        {
            var answer = await send(CancellationToken.None);
            request = $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.AbsolutePath}: {(int)answer.StatusCode}";
            if (answer.IsSuccessStatusCode) return answer;

            var body = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode >= 500, $"{request} {body}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            answer.Dispose();
        }
        catch (HttpRequestException)
        {
            // Refused, reset, or ended in the middle.
        }
        finally
        {
            lock (_lock) _slowest = watch.Elapsed > _slowest.Time ? (watch.Elapsed, request) : _slowest;
        }

        Interlocked.Increment(ref _failed);
        return null;
    }

    /// <summary>
    /// What must be in every follower's timeline, newest first: what the authors' own lists show. A request without an answer may
    /// have taken effect or not, and the author's list tells which.
    /// </summary>
    public async Task<(IReadOnlyList<string> Posts, int Lost)> CommittedAsync(CancellationToken ct)
    {
        List<string> posts = [];
        HashSet<string> contents = [];
        foreach (var author in Authors)
        {
            string? cursor = null;
            do
            {
                using var answer = await author.Client.GetAsync($"/v1/users/{author.Id}/posts?limit=100" + (cursor is null ? "" : $"&cursor={cursor}"), ct);
                var page = await answer.MustJsonAsync(ct);
                foreach (var post in page.GetProperty("posts").EnumerateArray().Select(FeedPost.From))
                {
                    posts.Add(post.Id);
                    // A request without an answer took effect at most once, and nothing is there that nobody sent.
                    Assert.True(contents.Add(post.Content) && _authorOfContent.GetValueOrDefault(post.Content) == author.Id, $"{author.Username} has {post}");
                }

                cursor = page.GetProperty("next_cursor").GetString();
            }
            while (cursor is not null);
        }

        Assert.Equal(posts.Count, posts.Distinct().Count());
        return ([.. posts.OrderByDescending(IdOf)], _authorOfAnswered.Keys.Except(posts).Count());
    }

    private async Task PostAsync(PulseUser author)
    {
        using var pace = new PeriodicTimer(Pace);
        while (!_stopping.IsCancellationRequested)
        {
            await PostOnceAsync(author);
            await pace.WaitForNextTickAsync();
        }
    }

    private async Task ReadAsync()
    {
        var seen = Followers.ToDictionary(follower => follower, _ => new HashSet<string>());
        using var pace = new PeriodicTimer(Pace);
        for (var turn = 0; !_stopping.IsCancellationRequested; turn++)
        {
            var reader = Followers[turn % Followers.Count];
            using var answer = await TryAsync(ct => reader.Client.GetAsync("/v1/feed?limit=100", ct));
            if (answer is not null) Check(reader, FeedPage.From(await answer.MustJsonAsync(CancellationToken.None)), seen[reader]);
            await pace.WaitForNextTickAsync();
        }
    }

    /// <summary>Nothing that nobody posted, nothing twice, newest first, and nothing vanishes that was there before.</summary>
    private void Check(PulseUser reader, FeedPage page, HashSet<string> seen)
    {
        Assert.Equal(page.Ids.Distinct().OrderByDescending(IdOf), page.Ids);
        Assert.Equal(page.Posts.Count, page.Posts.Select(post => post.Content).Distinct().Count());
        foreach (var post in page.Posts)
        {
            Assert.True(_authorIds.Contains(post.AuthorId) && _authorOfContent.GetValueOrDefault(post.Content) == post.AuthorId, $"{reader.Username} was shown {post}");
        }

        if (!page.Degraded.Intersect(["posts", "partial"]).Any())
        {
            var oldest = page.HasMore ? IdOf(page.Ids[^1]) : 0;
            var vanished = seen.Where(id => IdOf(id) >= oldest).Except(page.Ids).ToList();
            Assert.True(vanished.Count == 0, $"{reader.Username} sees {string.Join(' ', vanished)} no more, on a page from {page.Source}, degraded [{string.Join(' ', page.Degraded)}]");
        }

        seen.UnionWith(page.Ids);
    }

    private static long IdOf(string id) => long.Parse(id, CultureInfo.InvariantCulture);
}
