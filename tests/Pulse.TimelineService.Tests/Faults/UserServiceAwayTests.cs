using Pulse.Contracts;
using Pulse.Contracts.PublishedKeys;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.Faults;

public sealed class UserServiceAwayTests(FeedApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ways => [nameof(Health.Refused), nameof(Health.Unavailable)];

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Invariant", "30")]
    public async Task Read_UserServiceAway_TheCachedGraphGoesOn(string way)
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 5, Ct);
        await reader.ReadAsync(Ct);
        app.Users.Health = Enum.Parse<Health>(way);
        // Nobody vouches for the cached graph any more.
        await app.Cache.KeyDeleteAsync(UserKeys.GraphVersion(reader.Id));

        for (var read = 0; read < 6; read++)
        {
            var page = await reader.ReadAsync(Ct);
            Assert.Equal(app.World.Oracle(reader), page.Ids);
            Assert.Equal(["graph"], page.Degraded);
        }

        app.Users.Health = Health.Up;
        await TestInfrastructure.Until.TrueAsync(async () => (await reader.ReadAsync(Ct)).Degraded.Count == 0, "the graph is confirmed again", Ct);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Invariant", "30")]
    public async Task Read_UserServiceAwayAndNothingCached_TheProjectionGoesOn(string way)
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 5, Ct);
        app.Users.Health = Enum.Parse<Health>(way);

        var page = await reader.ReadAsync(Ct);

        Assert.Equal(app.World.Oracle(reader), page.Ids);
        Assert.Equal(["graph"], page.Degraded);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Invariant", "14")]
    [Trait("Invariant", "16")]
    [Trait("Invariant", "30")]
    public async Task Read_FollowsChangedBeforeUserServiceWentAway_TheProjectedChangesHold(string way)
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, left, found) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, left, Ct);
        await app.World.PostAsync(left, Ct, PostVisibility.Followers);
        await app.World.PostAsync(found, Ct, PostVisibility.Followers);
        await reader.ReadAsync(Ct);
        Assert.Single((await reader.ReadAsync(Ct)).Ids);

        // Both were handled, and before he read again UserService went away.
        await app.World.UnfollowAsync(reader, left, Ct);
        await app.World.FollowAsync(reader, found, Ct);
        app.Users.Health = Enum.Parse<Health>(way);

        var page = await reader.ReadAsync(Ct);
        Assert.Equal(app.World.Oracle(reader), page.Ids);
        Assert.Equal(["graph"], page.Degraded);
        Assert.Null(page.CompleteSince);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_UserServiceAndRedisAway_TheProjectionGoesOn()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 5, Ct);
        app.Users.Health = Health.Refused;
        await app.Redis.KillAsync(Ct);

        var page = await reader.ReadAsync(Ct);

        Assert.Equal(app.World.Oracle(reader), page.Ids);
        Assert.Equal(["cache", "graph"], page.Degraded);
    }
}
