using Pulse.TestInfrastructure;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.Faults;

public sealed class PostServiceAwayTests(FeedApp shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Ways => [nameof(Health.Refused), nameof(Health.Unavailable), nameof(Health.Silent)];

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Invariant", "30")]
    public async Task Read_PostServiceAwayAndNoSnapshots_LeavesOutAndSaysSo(string way)
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 5, Ct);
        await app.World.CacheSnapshotsAsync();
        var unknown = await app.World.PostAsync(author, Ct);
        app.Posts.Health = Enum.Parse<Health>(way);

        for (var read = 0; read < 6; read++)
        {
            var page = await reader.ReadAsync(Ct);
            Assert.Equal(app.World.Oracle(reader).Where(id => id != unknown.Value), page.Ids);
            Assert.Equal(["posts"], page.Degraded);
        }

        app.Posts.Health = Health.Up;
        await Until.TrueAsync(async () => (await reader.ReadAsync(Ct)).Degraded.Count == 0, "posts are complete again", Ct);
        Assert.Equal(app.World.Oracle(reader), (await reader.ReadAsync(Ct)).Ids);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_PostServiceAwayAndSnapshotsAtHand_IsWhole()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 5, Ct);
        await app.World.CacheSnapshotsAsync();
        await reader.ReadAsync(Ct);
        app.Posts.Health = Health.Refused;

        var page = await reader.ReadAsync(Ct);

        Assert.Equal(app.World.Oracle(reader), page.Ids);
        Assert.Equal("cache", page.Source);
        Assert.Empty(page.Degraded);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_PostServiceAndRedisAway_SaysBoth()
    {
        await using var app = await FeedApp.CreateAsync(shared.Postgres);
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 5, Ct);
        app.Posts.Health = Health.Unavailable;
        await app.Redis.KillAsync(Ct);

        var page = await reader.ReadAsync(Ct);

        Assert.Empty(page.Ids);
        Assert.Equal(["cache", "posts"], page.Degraded);
    }
}
