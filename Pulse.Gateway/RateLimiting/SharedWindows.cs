using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Problems;
using Pulse.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Pulse.Gateway.RateLimiting;

/// <summary>
/// The windows that all gateways share: <c>g:rl:{caller}:call</c> in Redis, a number that expires with its window. One script, so one round
/// trip per call. The client is made beside the start: making one for a Redis that is away takes seconds.
/// </summary>
internal sealed partial class SharedWindows(IServiceProvider services, IOptions<RateLimitOptions> options, ILogger<SharedWindows> logger) : BackgroundService
{
    /// <summary>
    /// ARGV: milliseconds of a new window, calls that the asking process knows of. Those are more than stand here only after Redis lost the
    /// key or was away. Returns the calls with this one, and the milliseconds that are left.
    /// </summary>
    private const string Count =
        """
        local used = redis.call('INCR', KEYS[1])
        local known = tonumber(ARGV[2])
        if used <= known then used = redis.call('INCRBY', KEYS[1], known + 1 - used) end
        local left = redis.call('PTTL', KEYS[1])
        if left < 0 then
          left = tonumber(ARGV[1])
          redis.call('PEXPIRE', KEYS[1], left)
        end
        return {used, left}
        """;

    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(options.Value.SharedWithinMs);
    private volatile RedisCircuit? _redis;

    /// <summary>Counts one call.</summary>
    /// <param name="key">Whose, of which kind.</param>
    /// <param name="window">How long the window is if this call begins it.</param>
    /// <param name="known">How many calls of the window the process knows of.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>All calls of the window with this one, and how long it goes on; null: Redis is away or too slow.</returns>
    public async ValueTask<(long Used, TimeSpan Left)?> CountAsync(CallerKey key, TimeSpan window, int known, CancellationToken ct)
    {
        if (_redis is not { IsAway: false } redis) return null;

        try
        {
            var answer = await redis.RunAsync(db => EvaluateAsync(db, key.ToRedisKey(), [Math.Max(1, (long)window.TotalMilliseconds), known]), _patience, ct);
            return ((long)answer[0], TimeSpan.FromMilliseconds((long)answer[1]));
        }
        catch (DependencyUnavailableException)
        {
            return null;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(
        () =>
        {
            try
            {
                _redis = services.GetService<RedisCircuit>();
                if (_redis is null) LogAlone();
            }
            catch (Exception exception)
            {
                // Whatever it is: limits go on, each gateway with its own.
                LogNoClient(exception);
            }
        },
        stoppingToken);

    private static async Task<RedisValue[]> EvaluateAsync(IDatabase db, RedisKey key, RedisValue[] arguments)
    {
        try
        {
            return (RedisValue[])(await db.ScriptEvaluateAsync(Count, [key], arguments))!;
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // Redis lost its scripts while the connection stayed; the client has noticed now and sends the text.
            return (RedisValue[])(await db.ScriptEvaluateAsync(Count, [key], arguments))!;
        }
    }

    [LoggerMessage(6411, LogLevel.Information, "No Redis is configured: this gateway counts calls by itself")]
    private partial void LogAlone();

    [LoggerMessage(6412, LogLevel.Warning, "The Redis client could not be created: this gateway counts calls by itself")]
    private partial void LogNoClient(Exception exception);
}
