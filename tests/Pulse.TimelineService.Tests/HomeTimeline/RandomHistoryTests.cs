using Pulse.Contracts;
using Pulse.Contracts.Ids;
using Pulse.Timelines;

namespace Pulse.TimelineService.Tests.HomeTimeline;

public sealed class RandomHistoryTests(FeedApp app)
{
    private const int Users = 5;
    private const int Steps = 70;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    /// <summary>Posts, deletes, follows, unfollows, blocks and reads in random order: whoever walks sees the oracle.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "2")]
    [Trait("Invariant", "8")]
    [Trait("Invariant", "15")]
    [Trait("Invariant", "20")]
    public async Task Walk_RandomHistory_EqualsTheOracle(int seed)
    {
        var random = new Random(seed);
        TestUser[] users = [.. Enumerable.Range(0, Users).Select(_ => app.NewUser())];
        List<PostId> posts = [];
        for (var step = 0; step < Steps; step++)
        {
            var (user, other) = (users[random.Next(Users)], users[random.Next(Users)]);
            switch (random.Next(22))
            {
                case < 9:
                    var mode = random.Next(4) == 0 ? FanoutMode.Pull : FanoutMode.Push;
                    for (var burst = random.Next(1, 5); burst > 0; burst--) posts.Add(await app.World.PostAsync(user, Ct, (PostVisibility)random.Next(3), mode));
                    break;
                case < 10:
                    var own = app.World.CommitPost(user);
                    await app.World.PutIntoSelfAsync(user, own);
                    await AssertWalkAsync(user, random.Next(1, 30), seed, step);
                    await app.World.PlanAsync(user, own, FanoutMode.Push, Ct);
                    posts.Add(own);
                    break;
                case < 12 when posts.Count > 0:
                    await app.World.DeleteAsync(posts[random.Next(posts.Count)]);
                    break;
                case < 15 when user != other && !app.Users.Follows(user.Id, other.Id) && !app.Users.Blocks(user.Id, other.Id) && !app.Users.Blocks(other.Id, user.Id):
                    await app.World.FollowAsync(user, other, Ct);
                    break;
                case < 16:
                    await app.World.UnfollowAsync(user, other, Ct);
                    break;
                case < 17:
                    await app.Cache.KeyDeleteAsync(Timelines.Keys.TimelineKeys.Home(user.Id));
                    break;
                case < 18 when user != other && !app.Users.Blocks(user.Id, other.Id):
                    await app.World.BlockAsync(user, other, Ct);
                    break;
                case < 19 when app.Users.Blocks(user.Id, other.Id):
                    await app.World.UnblockAsync(user, other, Ct);
                    break;
                default:
                    await AssertWalkAsync(user, random.Next(1, 30), seed, step);
                    break;
            }
        }

        foreach (var user in users) await AssertWalkAsync(user, random.Next(1, 100), seed, Steps);
    }

    private async Task AssertWalkAsync(TestUser user, int limit, int seed, int step)
    {
        var (walked, expected) = (await user.WalkAsync(limit, Ct), app.World.Oracle(user));
        Assert.True(
            expected.SequenceEqual(walked),
            $"Seed {seed}, step {step}, limit {limit}: missing [{string.Join(", ", expected.Except(walked))}], extra [{string.Join(", ", walked.Except(expected))}].");
    }
}
