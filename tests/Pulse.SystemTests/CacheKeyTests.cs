using Pulse.TestInfrastructure;
using StackExchange.Redis;

namespace Pulse.SystemTests;

/// <summary>What stands in Redis goes away by itself when nobody asks for it any more.</summary>
public sealed class CacheKeyTests(RunningPulse pulse) : SystemTest(pulse)
{
    /// <summary>Keys that may stay for ever: there is one of each, whatever the number of users.</summary>
    private static readonly string[] Forever = ["t:pullers", "t:handled", "p:published", "u:published"];

    // Each must have been seen, or the test looks at nothing.
    private static readonly string[] Kinds = ["t:home:", "t:pull:", "t:pullers", "p:self:", "p:post:", "p:counts:", "p:mv:", "u:gv:", "u:card:", "g:rl:"];

    [Fact]
    [Trait("Invariant", "24")]
    public async Task Keys_AfterEverythingWasUsed_ExpireButForTheListed()
    {
        var people = await Pulse.NewUsersAsync(RunningPulse.PushFollowerLimit + 2, Ct);
        var (author, reader) = (people[0], people[1]);
        foreach (var follower in people.Skip(1)) await follower.FollowAsync(author, Ct);
        var (last, content) = ("", 0);
        // The projection may hear of the follows after the post.
        using var redis = await ConnectionMultiplexer.ConnectAsync($"{await AddressAsync()},allowAdmin=true");
        await Until.TrueAsync(
            async () =>
            {
                last = await author.PostAsync($"post {++content}", Ct);
                await reader.FeedAsync(Ct);
                return Keys(redis).Exists(key => key.StartsWith($"t:pull:{{{author.Id}}}", StringComparison.Ordinal));
            },
            "the author is pulled",
            Ct);
        await reader.PostAsync("mine", Ct);
        using (var liked = await reader.Client.PutAsync($"/v1/posts/{last}/like", content: null, Ct)) await liked.MustJsonAsync(Ct);
        await author.DeleteAsync(last, Ct);
        await reader.BlockAsync(people[2], Ct);
        await reader.UnfollowAsync(author, Ct);
        await reader.FeedAsync(Ct);

        var keys = Keys(redis);
        Assert.All(Kinds, kind => Assert.Contains(keys, key => key.StartsWith(kind, StringComparison.Ordinal)));
        foreach (var key in keys.Except(Forever))
        {
            // -2: gone since it was listed, which is what is wanted.
            var left = (long)await redis.GetDatabase().ExecuteAsync("PTTL", key);
            Assert.True(left != -1, $"{key} never expires.");
        }
    }

    private static List<string> Keys(ConnectionMultiplexer redis) => [.. redis.GetServer(redis.GetEndPoints()[0]).Keys(pageSize: 1_000).Select(key => key.ToString())];

    private async Task<string> AddressAsync()
    {
        var address = new Uri((await Pulse.StatusAsync("redis", Ct)).GetProperty("urls")[0].GetString()!);
        return $"{address.Host}:{address.Port}";
    }
}
