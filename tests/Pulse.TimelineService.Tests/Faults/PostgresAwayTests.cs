using System.Net;
using Pulse.TestInfrastructure;
using Pulse.TestInfrastructure.Http;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.Faults;

public sealed class PostgresAwayTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "7")]
    [Trait("Invariant", "21")]
    [Trait("Invariant", "30")]
    public async Task Read_PostgresAway_WarmListsAnswerAndColdOnesAre503()
    {
        await using var app = await FeedApp.CreateAsync();
        var (warm, cold, author) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.FollowAsync(warm, author, Ct);
        await app.World.FollowAsync(cold, author, Ct);
        await app.World.PostManyAsync(author, 30, Ct);
        await app.World.CacheSnapshotsAsync();
        await warm.ReadAsync(Ct, limit: 8);
        await warm.ReadAsync(Ct, limit: 8);

        await app.Postgres.KillAsync(Ct);
        // As in a real outage the owners of posts and users stand on the same Postgres.
        app.Posts.Health = app.Users.Health = Health.Unavailable;

        var first = await warm.ReadAsync(Ct, limit: 8);
        Assert.Equal(app.World.Oracle(warm).Take(8), first.Ids);
        Assert.Equal("cache", first.Source);
        Assert.Empty(first.Degraded);

        // The list ends before the page does.
        var second = await warm.ReadAsync(Ct, limit: 50, first.NextCursor);
        Assert.Equal(app.World.Oracle(warm).Skip(8).Take(FeedApp.Capacity - 8), second.Ids);
        Assert.Equal(["database", "partial", "posts"], second.Degraded);
        Assert.True(second.HasMore);

        using (var beyond = await warm.GetAsync($"?cursor={second.NextCursor}", Ct)) await AssertAwayAsync(beyond);
        using (var nothing = await cold.GetAsync("", Ct)) await AssertAwayAsync(nothing);

        await app.Postgres.StartAsync(Ct);
        app.Posts.Health = app.Users.Health = Health.Up;

        await Until.TrueAsync(async () => await AnswersAsync(cold), "cold lists are answered again", Ct);
        await Until.TrueAsync(async () => await cold.ReadAsync(Ct, limit: 8) is { Source: "cache", Degraded: [] }, "cold lists are filled again", Ct);
        Assert.Equal(app.World.Oracle(cold), await cold.WalkAsync(limit: 7, Ct));
        var rest = await warm.ReadAsync(Ct, limit: 50, second.NextCursor);
        Assert.Equal(app.World.Oracle(warm), [.. first.Ids, .. second.Ids, .. rest.Ids]);
        Assert.False(rest.HasMore);
    }

    private static async Task<bool> AnswersAsync(TestUser user)
    {
        using var answer = await user.GetAsync("", Ct);
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static async Task AssertAwayAsync(HttpResponseMessage answer)
    {
        await ProblemJson.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, Ct);
        Assert.NotNull(answer.Headers.RetryAfter);
    }
}
