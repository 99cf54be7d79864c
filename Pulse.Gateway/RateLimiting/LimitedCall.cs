namespace Pulse.Gateway.RateLimiting;

/// <summary>The limits of API.md; each call counts against exactly one.</summary>
internal enum LimitedCall
{
    EverythingElse,
    Login,
    Signup,
    Forgot,
    Post,
    Follow,
    Like,
}
