using Pulse.FanoutWorker.Planning;
using Pulse.Timelines;
using Pulse.Timelines.Data;

namespace Pulse.FanoutWorker.Tests.Planning;

public sealed class FanoutPlanTests
{
    [Theory]
    [InlineData(0, false, FanoutMode.Push)]
    [InlineData(99_999, false, FanoutMode.Push)]
    [InlineData(100_000, false, FanoutMode.Pull)]
    [InlineData(100_000, true, FanoutMode.Pull)]
    [InlineData(99_999, true, FanoutMode.Pull)]
    [InlineData(90_000, true, FanoutMode.Pull)]
    [InlineData(89_999, true, FanoutMode.Push)]
    [InlineData(90_000, false, FanoutMode.Push)]
    [Trait("Invariant", "22")]
    public void Decide_AroundTheLimit_TurnsBackOnlyBelowNineTenths(long followers, bool pulled, FanoutMode expected) =>
        Assert.Equal(expected, FanoutPlan.Decide(new AuthorState(followers, pulled), pushFollowerLimit: 100_000));

    [Fact]
    public void Decide_EveryLimit_PushesAgainExactlyBelowNineTenths()
    {
        for (var limit = 1L; limit <= 20_000; limit++)
        {
            for (var followers = (limit * 9 / 10) - 1; followers <= (limit * 9 / 10) + 1; followers++)
            {
                var expected = followers * 10 >= limit * 9 ? FanoutMode.Pull : FanoutMode.Push;
                Assert.True(expected == FanoutPlan.Decide(new AuthorState(followers, Pulled: true), limit), $"Limit {limit}, {followers} followers.");
            }
        }
    }

    [Fact]
    public void Decide_CountOfAnAuthorNobodyFollowed_IsPush() =>
        Assert.Equal(FanoutMode.Push, FanoutPlan.Decide(new AuthorState(0, Pulled: false), pushFollowerLimit: 1));
}
