using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Events;
using Pulse.Contracts.Internal;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Graph;

namespace Pulse.FanoutWorker.Tests.Graph;

[Trait("Invariant", "15")]
public sealed class MuteTests(FanoutApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MuteEdges Mutes => app.Services.GetRequiredService<MuteEdges>();

    [Fact]
    public async Task UserMuted_FromTheBus_IsProjected()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        var until = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

        await app.PublishAsync(new UserMuted(bob, alice, Version: 2, until, RepostsOnly: true), Ct);

        await Until.TrueAsync(async () => (await Mutes.MutesAsync(bob, Ct)).SequenceEqual([new Mute(alice, until, RepostsOnly: true)]), "the mute is projected", Ct);
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task UserUnmuted_BeforeItsMute_StaysUnmuted()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());

        await app.HandleAsync(new UserUnmuted(bob, alice, Version: 3), Ct);
        await app.HandleAsync(new UserMuted(bob, alice, Version: 2), Ct);

        Assert.Empty(await Mutes.MutesAsync(bob, Ct));
    }

    [Fact]
    public async Task UserMuted_FollowedAuthor_HisPostsStillReachTheList()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        await app.WarmAsync(bob, Ct);
        await app.HandleAsync(app.NewFollow(bob, alice), Ct);

        await app.HandleAsync(new UserMuted(bob, alice, Version: 2), Ct);
        var post = await app.PostAsync(alice, Ct);

        // The rules of the read path hide them, and a mute that ends has nothing to bring back.
        Assert.Equal([post.Value], (await app.HomeAsync(bob, Ct)).Ids);
    }
}
