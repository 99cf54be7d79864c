using Pulse.TestInfrastructure;

namespace Pulse.SystemTests.Oracle;

/// <summary>A client that knows only the public API, with enough users for push and pull, while Redis and the worker go and come.</summary>
public sealed class BlackBoxTests(RunningPulse pulse) : SystemTest(pulse)
{
    private const int People = 60;
    private const int Stars = 2;
    private const int FollowersOfAStar = 45;
    private const int FollowsOfEach = 4;

    [Fact]
    [Trait("Invariant", "1")]
    [Trait("Invariant", "3")]
    [Trait("Invariant", "8")]
    [Trait("Invariant", "22")]
    [Trait("Invariant", "30")]
    public async Task Timelines_RedisAndWorkerStopHalfWay_EqualTheOracleOfTheClientsRecord()
    {
        var seed = Seed.Choose();
        var random = new Random(seed);
        var record = new SocialRecord(await Pulse.NewUsersAsync(People, Ct));
        var history = new RandomHistory(record, random);
        await Seed.TellAsync(seed, history, async () =>
        {
            await FollowAsync(record, history, random);
            await PostAsync(record, history, 60);

            history.Note("redis stops");
            await Pulse.ResourceAsync("redis", "stop", Ct);
            await PostAsync(record, history, 30);
            history.Note("fanout stops");
            await Pulse.ResourceAsync("fanout", "stop", Ct);
            await PostAsync(record, history, 30);
            history.Note("redis starts");
            await Pulse.ResourceAsync("redis", "start", Ct);
            await PostAsync(record, history, 30);
            history.Note("fanout starts");
            await Pulse.ResourceAsync("fanout", "start", Ct);
            await PostAsync(record, history, 60);

            await TimelineCheck.EqualsAsync(record, history, Ct);
        });
    }

    private static async Task FollowAsync(SocialRecord record, RandomHistory history, Random random)
    {
        var users = record.Users;
        foreach (var star in users.Take(Stars))
        {
            var others = users.Where(user => user != star).ToArray();
            random.Shuffle(others);
            foreach (var follower in others.Take(FollowersOfAStar)) await history.FollowAsync(follower, star, Ct);
            await Until.TrueAsync(() => IsCelebrityAsync(star), "the star is a celebrity", Ct);
        }

        foreach (var user in users)
        {
            var others = users.Where(other => other != user).ToArray();
            random.Shuffle(others);
            foreach (var followee in others.Take(FollowsOfEach)) await history.FollowAsync(user, followee, Ct);
        }
    }

    /// <summary>Random steps, and between them posts of the stars, which random steps would leave too rare.</summary>
    private static async Task PostAsync(SocialRecord record, RandomHistory history, int steps)
    {
        foreach (var star in record.Users.Take(Stars)) await history.PostAsync(star, Ct);
        await history.StepsAsync(steps, Ct);
        foreach (var star in record.Users.Take(Stars)) await history.PostAsync(star, Ct);
    }

    private static async Task<bool> IsCelebrityAsync(PulseUser user)
    {
        using var answer = await user.Client.GetAsync($"/v1/users/{user.Id}", Ct);
        return (await answer.MustJsonAsync(Ct)).GetProperty("is_celebrity").GetBoolean();
    }
}
