using Microsoft.Extensions.DependencyInjection;
using Pulse.Contracts.Events;
using Pulse.TestInfrastructure;
using Pulse.Timelines.Graph;

namespace Pulse.FanoutWorker.Tests.Graph;

[Trait("Invariant", "15")]
public sealed class BlockTests(FanoutApp app)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private BlockEdges Blocks => app.Services.GetRequiredService<BlockEdges>();

    [Fact]
    public async Task UserBlocked_FromTheBus_IsProjected()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());

        await app.PublishAsync(new UserBlocked(bob, alice, Version: 2, BlockedVersion: 2), Ct);

        await Until.TrueAsync(async () => (await Blocks.ApartAsync(alice, Ct)).SequenceEqual([bob]), "the block is projected", Ct);
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task UserUnblocked_BeforeItsBlock_StaysUnblocked()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());

        await app.HandleAsync(new UserUnblocked(bob, alice, Version: 3, BlockedVersion: 3), Ct);
        await app.HandleAsync(new UserBlocked(bob, alice, Version: 2, BlockedVersion: 2), Ct);

        Assert.Empty(await Blocks.ApartAsync(bob, Ct));
    }

    [Fact]
    [Trait("Invariant", "18")]
    public async Task UserBlocked_WithTheUnfollowsInAnyOrder_LaterPostsReachHimNoMore()
    {
        var (alice, bob) = (app.NewUser(), app.NewUser());
        await app.WarmAsync(bob, Ct);
        await app.HandleAsync(app.NewFollow(bob, alice), Ct);
        var ended = app.NewUnfollow(bob, alice);

        await app.HandleAsync(new UserBlocked(alice, bob, Version: 2, ended.Version), Ct);
        await app.HandleAsync(ended, Ct);
        await app.PostAsync(alice, Ct);

        Assert.Empty((await app.HomeAsync(bob, Ct)).Ids);
        Assert.Equal([alice], await Blocks.ApartAsync(bob, Ct));
    }
}
