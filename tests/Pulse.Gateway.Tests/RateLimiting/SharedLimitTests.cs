using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Pulse.Gateway.Tests.Hosting;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using StackExchange.Redis;

namespace Pulse.Gateway.Tests.RateLimiting;

/// <summary>Two gateways, one Redis: they count together, apart while it is away, and together again.</summary>
public sealed class SharedLimitTests : IAsyncLifetime
{
    private LocalRedis _redis = null!;
    private ConnectionMultiplexer _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await LocalRedis.CreateAsync(Ct);
        _client = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString + ",abortConnect=false");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _redis.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Calls_OfManyOverTwoGateways_AreAllowedExactlyToTheLimit(int seed)
    {
        (string Method, string Path, int Limit)[] kinds = [("POST", "/v1/posts", 7), ("PUT", "/v1/users/42/follow", 11), ("GET", "/v1/feed", 23)];
        (string Key, string Value)[] limits = [("RateLimits:PostsPerHour", "7"), ("RateLimits:FollowsPerHour", "11"), ("RateLimits:EverythingElsePerMinute", "23")];
        await using var one = await StartAsync(limits);
        await using var two = await StartAsync(limits);
        var random = new Random(seed);
        var calls = Enumerable.Range(0, 500).Select(_ => (Gateway: random.Next(2) == 0 ? one : two, Kind: random.Next(kinds.Length), User: random.Next(1, 9))).ToList();
        var answers = new ConcurrentBag<(int Kind, int User, bool Allowed, long Remaining)>();

        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (call, ct) =>
        {
            var (method, path, limit) = kinds[call.Kind];
            using var response = await call.Gateway.SendAsync(method, path, ct, user: call.User);
            Assert.Equal(limit, Number(response, "X-RateLimit-Limit"));
            answers.Add((call.Kind, call.User, response.StatusCode == HttpStatusCode.OK, Number(response, "X-RateLimit-Remaining")));
        });

        // The oracle: who called so often is let through so often, and each of those calls took another place.
        foreach (var window in calls.GroupBy(call => (call.Kind, call.User)))
        {
            var limit = kinds[window.Key.Kind].Limit;
            var mine = answers.Where(answer => (answer.Kind, answer.User) == window.Key).ToList();
            var allowed = mine.Where(answer => answer.Allowed).Select(answer => answer.Remaining).OrderDescending().ToList();
            var expected = Enumerable.Range(1, Math.Min(limit, window.Count())).Select(used => (long)(limit - used));
            Assert.True(expected.SequenceEqual(allowed), $"Seed {seed}, {window.Key}: {window.Count()} calls of at most {limit} left {string.Join(' ', allowed)}.");
            Assert.All(mine.Where(answer => !answer.Allowed), answer => Assert.Equal(0, answer.Remaining));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_StoppedOrFrozen_TheGatewayGoesOnFromWhatItKnewAndComesBack(bool frozen)
    {
        await using var one = await StartAsync(("RateLimits:PostsPerHour", "12"));
        await using var two = await StartAsync(("RateLimits:PostsPerHour", "12"));
        Assert.Equal(11, await PostAsync(one));
        Assert.Equal(10, await PostAsync(two));

        if (frozen) _redis.Pause();
        else await _redis.KillAsync(Ct);

        // Each by itself now: the first has not heard of the second's call.
        Assert.Equal(10, await PostAsync(one));
        Assert.Equal(9, await PostAsync(one));
        Assert.Equal(9, await PostAsync(two));
        Assert.Equal(8, await PostAsync(two));

        if (frozen) _redis.Resume();
        else await _redis.StartAsync(Ct);
        await SharedAsync(one, user: 100);
        await SharedAsync(two, user: 101);

        // Nothing is forgiven, neither what the lost key held nor what was let through meanwhile; what reached a frozen Redis too late may count twice.
        Assert.True(await PostAsync(one) <= 8);
        var left = await PostAsync(two);
        Assert.True(left <= 7, $"{left} of 12 are left, though the second gateway has seen 5 calls.");
        while (left > 0) left = await PostAsync(left % 2 == 0 ? one : two);
        using var refused = await one.SendAsync("POST", "/v1/posts", Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.TooManyRequests, Ct);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_RedisAwayOrFrozen_LimitsLocallyAndSharesOnceItIsThere(bool frozen)
    {
        if (frozen) _redis.Pause();
        else await _redis.StopAsync(Ct);
        await using var gateway = await GatewayApp.StartAsync([.. Settings, ("RateLimits:PostsPerHour", "2")]);

        Assert.Equal(1, await PostAsync(gateway));
        Assert.Equal(0, await PostAsync(gateway));
        using var refused = await gateway.SendAsync("POST", "/v1/posts", Ct);
        await ProblemJson.AssertAsync(refused, HttpStatusCode.TooManyRequests, Ct);
        Assert.NotNull(refused.Headers.RetryAfter);

        if (frozen) _redis.Resume();
        else await _redis.StartAsync(Ct);
        await SharedAsync(gateway, user: 100);
    }

    [Fact]
    public async Task Keys_OfEveryWindow_ExpireWithIt()
    {
        await using var gateway = await StartAsync();
        using var login = await gateway.SendAsync("POST", "/v1/auth/login", Ct, anonymous: true);
        using var post = await gateway.SendAsync("POST", "/v1/posts", Ct, user: 5);

        var keys = _client.GetServer(_client.GetEndPoints()[0]).Keys().Select(key => key.ToString()).ToList();

        Assert.Contains("g:rl:{a:127.0.0.1}:login", keys);
        Assert.Contains("g:rl:{u:5}:post", keys);
        foreach (var key in keys)
        {
            var left = await _client.GetDatabase().KeyTimeToLiveAsync(key);
            Assert.InRange(left!.Value, TimeSpan.Zero, key.EndsWith(":post", StringComparison.Ordinal) ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task Calls_OfOneAddressAgainstEveryLimit_HaveAWindowEach()
    {
        await using var gateway = await StartAsync();
        // Those with the long windows first: whoever shares one of them then is told of an hour.
        (string Method, string Path, int Left)[] calls =
            [("POST", "/v1/auth/password/forgot", 4), ("POST", "/v1/auth/signup", 4), ("POST", "/v1/auth/login", 9), ("POST", "/v1/posts", 59), ("PUT", "/v1/users/42/follow", 199), ("PUT", "/v1/posts/42/like", 999), ("GET", "/v1/users/42", 599)];

        foreach (var (method, path, left) in calls)
        {
            using var response = await gateway.SendAsync(method, path, Ct, anonymous: true);
            Assert.True(left == Number(response, "X-RateLimit-Remaining"), $"{path}: {Number(response, "X-RateLimit-Remaining")} are left, not {left}.");
        }

        var ttl = await _client.GetDatabase().KeyTimeToLiveAsync("g:rl:{a:127.0.0.1}:else");
        Assert.InRange(ttl!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Health_RedisAway_IsDegradedAndReady()
    {
        await using var gateway = await StartAsync();
        await _redis.KillAsync(Ct);

        await Until.TrueAsync(
            async () =>
            {
                using var response = await gateway.Client.GetAsync("/health", Ct);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                return (await response.Content.ReadAsStringAsync(Ct)).Contains("degraded", StringComparison.Ordinal);
            },
            "the gateway says that Redis is away",
            Ct);
    }

    // On a busy machine an answer of Redis may take longer than a reader should wait, and what is counted alone then is another test's matter.
    private (string Key, string Value)[] Settings =>
        [("ConnectionStrings:redis", _redis.ConnectionString), ("RateLimits:Scale", "1"), ("RateLimits:SharedWithinMs", "5000")];

    private async Task<GatewayApp> StartAsync(params (string Key, string Value)[] limits)
    {
        var gateway = await GatewayApp.StartAsync([.. Settings, .. limits]);
        // Who counts here is nobody that a test asks about.
        await SharedAsync(gateway, user: 1000 + Random.Shared.Next(1_000_000));
        return gateway;
    }

    /// <summary>Returns when the calls of a user stand in Redis.</summary>
    private Task SharedAsync(GatewayApp gateway, long user) => Until.TrueAsync(
        async () =>
        {
            using var response = await gateway.SendAsync("DELETE", "/v1/posts/42/like", Ct, user: user);
            try
            {
                return await _client.GetDatabase().KeyExistsAsync($"g:rl:{{u:{user}}}:else");
            }
            catch (RedisConnectionException)
            {
                return false;
            }
        },
        "the gateway counts in Redis",
        Ct);

    private static async Task<long> PostAsync(GatewayApp gateway)
    {
        using var response = await gateway.SendAsync("POST", "/v1/posts", Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Number(response, "X-RateLimit-Remaining");
    }

    private static long Number(HttpResponseMessage response, string header) =>
        long.Parse(Assert.Single(response.Headers.GetValues(header)), CultureInfo.InvariantCulture);
}
