using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Ids;
using Pulse.Timelines.Graph;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.Refilling;

/// <summary>The blocks of timelinedb are lost, or wrong, and come back from UserService.</summary>
[Trait("Invariant", "15")]
public sealed class BlockRefillTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Refill_TablesEmptied_FeedWithoutUserServiceHidesTheBlocked()
    {
        await using var app = await FeedApp.CreateAsync();
        var (reader, author, apart) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.BlockAsync(apart, reader, Ct);
        await app.World.FollowAsync(reader, author, Ct);
        var shown = await app.World.PostAsync(author, Ct);
        await app.World.PostAsync(apart, Ct);
        await app.ExecuteAsync($"TRUNCATE {RefillCalls.Everything}");

        await app.RefillAsync();

        // A stale edge that the block should have ended: only the projection of the block hides its posts now.
        await app.ExecuteAsync($"INSERT INTO follow_edges VALUES ({apart.Id}, {reader.Id}, 1, true, now())");
        app.Users.Health = Health.Refused;
        var page = await reader.ReadAsync(Ct);
        Assert.Equal([shown.Value], page.Ids);
        Assert.Equal(["graph"], page.Degraded);
    }

    [Fact]
    public async Task Refill_BlocksAreWrong_MendsThem()
    {
        await using var app = await FeedApp.CreateAsync();
        var (blocker, blocked, stranger) = (app.NewUser(), app.NewUser(), app.NewUser());
        await app.World.BlockAsync(blocker, blocked, Ct);
        await app.ExecuteAsync($"INSERT INTO block_edges VALUES ({blocker.Id}, {stranger.Id}, 1, true)");
        await app.ExecuteAsync($"UPDATE block_edges SET active = false WHERE blocked = {blocked.Id}");

        await app.RefillAsync();

        Assert.Equal([blocked.Id], await ApartAsync(app, blocker));
        Assert.Empty(await ApartAsync(app, stranger));
    }

    [Fact]
    public async Task Refill_OwnerTellsNoBlocks_LeavesThemAsTheyAre()
    {
        await using var app = await FeedApp.CreateAsync();
        var (blocker, blocked) = (app.NewUser(), app.NewUser());
        await app.World.BlockAsync(blocker, blocked, Ct);
        app.Users.TellsBlocks = false;

        await app.RefillAsync();

        Assert.Equal([blocked.Id], await ApartAsync(app, blocker));
    }

    private static Task<IReadOnlyList<UserId>> ApartAsync(FeedApp app, TestUser user) =>
        app.Services.GetRequiredService<BlockEdges>().ApartAsync(user.Id, Ct);
}
