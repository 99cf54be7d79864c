using StackExchange.Redis;

namespace Pulse.Gateway.RateLimiting;

/// <summary>One caller and one of the limits.</summary>
/// <param name="Call">The limit.</param>
/// <param name="Caller">As <see cref="RateLimiting.Caller"/> names him.</param>
internal readonly record struct CallerKey(LimitedCall Call, string Caller)
{
    // The braces keep all counts of one caller on one slot of a cluster.
    public RedisKey ToRedisKey() => $"g:rl:{{{Caller}}}:{Name}";

    private string Name => Call switch
    {
        LimitedCall.EverythingElse => "else",
        LimitedCall.Login => "login",
        LimitedCall.Signup => "signup",
        LimitedCall.Forgot => "forgot",
        LimitedCall.Post => "post",
        LimitedCall.Follow => "follow",
        LimitedCall.Like => "like",
        // Two limits under one name would count each other's calls, in the longer of their windows.
        _ => throw new InvalidOperationException($"The limit {Call} has no name in Redis."),
    };
}
