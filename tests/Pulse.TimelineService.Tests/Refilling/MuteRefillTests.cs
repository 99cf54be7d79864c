using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Internal;
using Pulse.Timelines.Graph;
using Pulse.TimelineService.Tests.Fakes;

namespace Pulse.TimelineService.Tests.Refilling;

/// <summary>The mutes of timelinedb are lost, or wrong, and come back from UserService.</summary>
[Trait("Invariant", "15")]
public sealed class MuteRefillTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Invariant", "30")]
    public async Task Refill_TablesEmptied_FeedWithoutUserServiceHidesTheMuted()
    {
        await using var app = await FeedApp.CreateAsync();
        var (reader, author, muted) = (app.NewUser(), app.NewUser(), app.NewUser());
        foreach (var followee in (TestUser[])[author, muted]) await app.World.FollowAsync(reader, followee, Ct);
        await app.World.MuteAsync(reader, muted, Ct);
        var shown = await app.World.PostAsync(author, Ct);
        await app.World.PostAsync(muted, Ct);
        await app.ExecuteAsync($"TRUNCATE {RefillCalls.Everything}");

        await app.RefillAsync();

        app.Users.Health = Health.Refused;
        var page = await reader.ReadAsync(Ct);
        Assert.Equal([shown.Value], page.Ids);
        Assert.Equal(["graph"], page.Degraded);
    }

    [Fact]
    public async Task Refill_OwnerTellsNoMutes_LeavesThemAsTheyAre()
    {
        await using var app = await FeedApp.CreateAsync();
        var (muter, muted) = (app.NewUser(), app.NewUser());
        await app.World.MuteAsync(muter, muted, Ct);
        app.Users.TellsMutes = false;

        await app.RefillAsync();

        Assert.Equal([new Mute(muted.Id)], await app.Services.GetRequiredService<MuteEdges>().MutesAsync(muter.Id, Ct));
    }
}
