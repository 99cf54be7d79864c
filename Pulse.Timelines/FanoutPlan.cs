using Pulse.Timelines.Data;

namespace Pulse.Timelines;

/// <summary>Push or pull, for one post.</summary>
public static class FanoutPlan
{
    // An author who hovers around the limit would otherwise change mode with every other post.
    private const double PushAgainBelow = 0.9;

    public static FanoutMode Decide(AuthorState author, long pushFollowerLimit)
    {
        var limit = author.Pulled ? (long)Math.Ceiling(pushFollowerLimit * PushAgainBelow) : pushFollowerLimit;
        return author.Followers >= limit ? FanoutMode.Pull : FanoutMode.Push;
    }
}
