using Pulse.Timelines.Keys;
using StackExchange.Redis;

namespace Pulse.Timelines.Store;

/// <summary>Makes every list cold.</summary>
public sealed class TimelineFlush(IConnectionMultiplexer redis)
{
    private const int Page = 1_000;

    /// <summary>
    /// Deletes every list that stood when the call began. A scan finds each of them; a list opened meanwhile may be deleted too, which
    /// makes its rebuilder start again. Whoever opens one after the call began selects after that, and a rebuilder whose list is gone cannot publish.
    /// </summary>
    /// <returns>How many there were.</returns>
    public async Task<long> RunAsync(CancellationToken ct)
    {
        var db = redis.GetDatabase();
        var deleted = 0L;
        // Each server, and an exception when one is away: a list that cannot be deleted must not pass for cold.
        foreach (var server in redis.GetEndPoints().Select(endpoint => redis.GetServer(endpoint)))
        {
            foreach (var pattern in TimelineKeys.Patterns)
            {
                // Not KeysAsync, which older clients lack: a thread that waits a millisecond a page is cheap enough for a rebuild.
                foreach (var keys in server.Keys(pattern: pattern, pageSize: Page).Chunk(Page))
                {
                    ct.ThrowIfCancellationRequested();
                    // One by one and pipelined: keys of several slots cannot be deleted together.
                    var gone = await Task.WhenAll(Array.ConvertAll(keys, key => db.KeyDeleteAsync(key)));
                    deleted += gone.Count(was => was);
                }
            }
        }

        return deleted;
    }
}
