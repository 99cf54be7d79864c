using System.ComponentModel.DataAnnotations;

namespace Pulse.Gateway.RateLimiting;

/// <summary>How often one user, or one address without a token, may call. Fixed windows that begin with the first call.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Multiplies every limit; tests and load runs raise it. Nothing switches limits off.</summary>
    [Range(0.001, 1_000_000)]
    public double Scale { get; init; } = 1;

    /// <summary>Logins, and tokens of mails, per address and minute.</summary>
    [Range(1, 1_000_000)]
    public int LoginsPerMinute { get; init; } = 10;

    /// <summary>Signups per address and hour.</summary>
    [Range(1, 1_000_000)]
    public int SignupsPerHour { get; init; } = 5;

    /// <summary>Mails for a forgotten password that an address may ask for in an hour.</summary>
    [Range(1, 1_000_000)]
    public int ForgottenPerHour { get; init; } = 5;

    /// <summary>Posts per user and hour.</summary>
    [Range(1, 1_000_000)]
    public int PostsPerHour { get; init; } = 60;

    /// <summary>Follows per user and hour; unfollowing counts as everything else.</summary>
    [Range(1, 1_000_000)]
    public int FollowsPerHour { get; init; } = 200;

    /// <summary>Likes per user and hour; taking one back counts as everything else.</summary>
    [Range(1, 1_000_000)]
    public int LikesPerHour { get; init; } = 1_000;

    /// <summary>All other calls per user, or per address, and minute.</summary>
    [Range(1, 1_000_000)]
    public int EverythingElsePerMinute { get; init; } = 600;

    /// <summary>Milliseconds that a call waits for the count of all gateways; after them this gateway's own count decides.</summary>
    [Range(1, 10_000)]
    public int SharedWithinMs { get; init; } = 250;

    public RateLimit For(LimitedCall call) => call switch
    {
        LimitedCall.Login => Scaled(LoginsPerMinute, TimeSpan.FromMinutes(1)),
        LimitedCall.Signup => Scaled(SignupsPerHour, TimeSpan.FromHours(1)),
        LimitedCall.Forgot => Scaled(ForgottenPerHour, TimeSpan.FromHours(1)),
        LimitedCall.Post => Scaled(PostsPerHour, TimeSpan.FromHours(1)),
        LimitedCall.Follow => Scaled(FollowsPerHour, TimeSpan.FromHours(1)),
        LimitedCall.Like => Scaled(LikesPerHour, TimeSpan.FromHours(1)),
        _ => Scaled(EverythingElsePerMinute, TimeSpan.FromMinutes(1)),
    };

    private RateLimit Scaled(int calls, TimeSpan window) => new((int)Math.Clamp(calls * Scale, 1, int.MaxValue), window);
}

/// <summary>So many calls in a window.</summary>
internal readonly record struct RateLimit(int Calls, TimeSpan Window);
