using Pulse.Contracts.PublishedKeys;
using Pulse.TestInfrastructure;
using Pulse.Timelines;
using Pulse.Timelines.Keys;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.HomeTimeline;

/// <summary>A mute is true on the very next read, and over at its time, whatever becomes of Redis and of the owner of the graph.</summary>
[Trait("Invariant", "15")]
public sealed class MuteTests(FeedApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public enum Between
    {
        Nothing,
        VersionLost,
        ListLost,
        Flushed,
    }

    [Theory]
    [InlineData(Between.Nothing, true)]
    [InlineData(Between.Nothing, false)]
    [InlineData(Between.VersionLost, true)]
    [InlineData(Between.ListLost, true)]
    [InlineData(Between.Flushed, true)]
    [InlineData(Between.Flushed, false)]
    public async Task Read_RightAfterMuteAndUnmute_HidesAndShowsTheAuthor(Between between, bool push)
    {
        await using var own = between == Between.Flushed ? await FeedApp.CreateAsync(app.Postgres) : null;
        var feed = own ?? app;
        var (reader, muted, _) = await ReaderAsync(feed, push ? FanoutMode.Push : FanoutMode.Pull);

        // Only the version moved: the projection does not know yet.
        await feed.World.CommitMuteAsync(reader, muted);
        await DisturbAsync();
        Assert.Equal(feed.World.Oracle(reader), await reader.WalkAsync(limit: 2, Ct));
        Assert.Equal(3, (await reader.ReadAsync(Ct)).Ids.Count);

        await feed.World.UnmuteAsync(reader, muted, Ct);
        await DisturbAsync();
        Assert.Equal(feed.World.Oracle(reader), await reader.WalkAsync(limit: 2, Ct));
        Assert.Equal(6, (await reader.ReadAsync(Ct)).Ids.Count);

        async Task DisturbAsync()
        {
            if (between == Between.VersionLost) await feed.Cache.KeyDeleteAsync(UserKeys.GraphVersion(reader.Id));
            if (between == Between.ListLost) await feed.Cache.KeyDeleteAsync(TimelineKeys.Home(reader.Id));
            if (own is not null) await own.Redis.FlushAsync(Ct);
        }
    }

    [Fact]
    public async Task Read_OldCursorAfterAMute_GoesOnWithoutTheAuthor()
    {
        var (reader, muted, _) = await ReaderAsync(app, FanoutMode.Push);
        var first = await reader.ReadAsync(Ct, limit: 2);

        await app.World.CommitMuteAsync(reader, muted);

        var rest = await reader.ReadAsync(Ct, limit: 10, first.NextCursor);
        Assert.Equal(app.World.Oracle(reader).Where(id => id < first.Ids[^1]), rest.Ids);
    }

    [Fact]
    public async Task Read_TimedMute_EndsWithoutAnyEvent()
    {
        var (reader, muted, _) = await ReaderAsync(app, FanoutMode.Push);

        var until = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(2);
        await app.World.MuteAsync(reader, muted, Ct, until);

        var shown = (await reader.ReadAsync(Ct)).Ids.Count;
        // On a machine that was slower than the mute was long there is nothing to see yet.
        if (TimeProvider.System.GetUtcNow() < until) Assert.Equal(3, shown);
        await Until.TrueAsync(async () => (await reader.ReadAsync(Ct)).Ids.Count == 6, "the mute has ended", Ct);
        Assert.True(TimeProvider.System.GetUtcNow() >= until);
    }

    [Fact]
    public async Task Read_RepostsMuted_ShowsWhatTheAuthorWrites()
    {
        var (reader, muted, _) = await ReaderAsync(app, FanoutMode.Push);

        await app.World.CommitMuteAsync(reader, muted, repostsOnly: true);

        Assert.Equal(6, (await reader.ReadAsync(Ct)).Ids.Count);
    }

    [Fact]
    public async Task Read_ReplyToAMutedParent_ComesWithoutIt()
    {
        var (reader, muted, other) = await ReaderAsync(app, FanoutMode.Push);
        // Late: only PostService knows it, and the reply is what brings it.
        var parent = app.World.CommitPost(muted);
        var reply = await app.World.ReplyAsync(other, parent, Ct);
        Assert.Equal([reply.Value, parent.Value], (await reader.ReadAsync(Ct, limit: 2)).Ids);

        await app.World.CommitMuteAsync(reader, muted);

        var ids = (await reader.ReadAsync(Ct)).Ids;
        Assert.Contains(reply.Value, ids);
        Assert.DoesNotContain(parent.Value, ids);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "30")]
    public async Task Read_UserServiceAway_TheProjectedMutesHold(bool graphIsCached)
    {
        await using var own = await FeedApp.CreateAsync(app.Postgres);
        var (reader, muted, unmuted) = await ReaderAsync(own, FanoutMode.Push);
        await own.World.MuteAsync(reader, unmuted, Ct);
        Assert.Equal(3, (await reader.ReadAsync(Ct)).Ids.Count);
        // Handled, and before anybody read again UserService went away.
        await own.World.MuteAsync(reader, muted, Ct);
        await own.World.UnmuteAsync(reader, unmuted, Ct);
        await using var fresh = graphIsCached ? null : await own.BesideAsync();
        own.Users.Health = Health.Unavailable;

        var page = await (fresh?.Visit(reader) ?? reader).ReadAsync(Ct);

        Assert.Equal(own.World.Oracle(reader), page.Ids);
        Assert.Equal(3, page.Ids.Count);
        Assert.Equal(["graph"], page.Degraded);
    }

    /// <summary>Two authors with three posts each, and a reader of both whose timeline is warm.</summary>
    private static async Task<(TestUser Reader, TestUser Muted, TestUser Other)> ReaderAsync(FeedApp app, FanoutMode mode)
    {
        var (reader, muted, other) = (app.NewUser(), app.NewUser(), app.NewUser());
        foreach (var author in (TestUser[])[muted, other]) await app.World.FollowAsync(reader, author, Ct);
        for (var made = 0; made < 3; made++)
        {
            await app.World.PostAsync(muted, Ct, mode: mode);
            await app.World.PostAsync(other, Ct, mode: mode);
        }

        await reader.ReadAsync(Ct);
        Assert.Equal(6, (await reader.ReadAsync(Ct)).Ids.Count);
        return (reader, muted, other);
    }
}
