using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.HomeTimeline;

/// <summary>What the author's card says counts on every page, as long as the card proves anything.</summary>
[Trait("Invariant", "16")]
public sealed class AuthorStandingTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AuthorStanding.Suspended, false)]
    [InlineData(AuthorStanding.Limited, true)]
    [InlineData(AuthorStanding.Active, true)]
    public async Task Read_StandingChanges_IsTrueOnTheVeryNextRead(AuthorStanding standing, bool shown)
    {
        var (reader, author) = await ReaderAsync(app);

        await app.World.ChangeCardAsync(author, card => card with { Standing = standing, IsPrivate = true });

        Assert.Equal(shown ? 3 : 0, (await reader.ReadAsync(Ct)).Ids.Count);
        Assert.Equal(app.World.Oracle(reader), (await reader.ReadAsync(Ct)).Ids);
        // His own posts are his.
        Assert.Equal(3, (await author.ReadAsync(Ct)).Ids.Count);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_SuspendedWhileRedisWasFrozen_StaysAwayWhenItThaws()
    {
        await using var own = await FeedApp.CreateAsync(app.Postgres);
        var (reader, author) = await ReaderAsync(own);
        await own.World.ChangeCardAsync(author, card => card);
        Assert.Equal(3, (await reader.ReadAsync(Ct)).Ids.Count);

        own.Redis.Pause();
        Assert.Contains("cache", (await reader.ReadAsync(Ct)).Degraded);
        // Redis did not answer UserService either: the card of before stands in it.
        own.Users.ChangeCard(author.Id, card => card with { Standing = AuthorStanding.Suspended });
        Assert.Empty((await reader.ReadAsync(Ct)).Ids);

        own.Redis.Resume();
        await Until.TrueAsync(
            async () =>
            {
                var page = await reader.ReadAsync(Ct);
                Assert.Empty(page.Ids);
                return page.Degraded.Count == 0;
            },
            "the cache answers again",
            Ct);
    }

    [Fact]
    public async Task Read_CardOfAnOldVersion_IsAskedFor()
    {
        var (reader, author) = await ReaderAsync(app);
        app.Users.ChangeCard(author.Id, card => card with { Standing = AuthorStanding.Suspended });
        await app.Cache.StringSetAsync(UserKeys.Card(author.Id), new AuthorCard(author.Id, "old", "Old", AvatarUrl: null, IsCelebrity: false).Encode());

        Assert.Empty((await reader.ReadAsync(Ct)).Ids);
    }

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Read_UserServiceAwayAndRedisFailedLately_TheCardAtHandGoesOn()
    {
        await using var own = await FeedApp.CreateAsync(app.Postgres);
        var (reader, author) = await ReaderAsync(own);
        own.Redis.Pause();
        Assert.Contains("cache", (await reader.ReadAsync(Ct)).Degraded);
        own.Redis.Resume();
        await own.World.ChangeCardAsync(author, card => card with { Standing = AuthorStanding.Suspended });
        own.Users.Health = Health.Refused;

        await Until.TrueAsync(async () => !(await reader.ReadAsync(Ct)).Degraded.Contains("cache"), "Redis answers again", Ct);
        Assert.Empty((await reader.ReadAsync(Ct)).Ids);
    }

    private static async Task<(TestUser Reader, TestUser Author)> ReaderAsync(FeedApp app)
    {
        var (reader, author) = (app.NewUser(), app.NewUser());
        await app.World.FollowAsync(reader, author, Ct);
        await app.World.PostManyAsync(author, 3, Ct);
        await reader.ReadAsync(Ct);
        Assert.Equal(3, (await reader.ReadAsync(Ct)).Ids.Count);
        return (reader, author);
    }
}
