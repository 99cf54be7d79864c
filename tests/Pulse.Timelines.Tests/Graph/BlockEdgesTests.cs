using Pulse.Contracts.Events;
using Pulse.Timelines.Graph;

namespace Pulse.Timelines.Tests.Graph;

[Trait("Invariant", "15")]
public sealed class BlockEdgesTests(TimelineSlice slice)
{
    private readonly BlockEdges _edges = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ApplyAsync_Block_KeepsBothApart()
    {
        var (alice, bob, carol) = (slice.NewUser(), slice.NewUser(), slice.NewUser());

        await _edges.ApplyAsync(new UserBlocked(bob, alice, Version: 2, BlockedVersion: 2), Ct);

        Assert.Equal([alice], await _edges.ApartAsync(bob, Ct));
        Assert.Equal([bob], await _edges.ApartAsync(alice, Ct));
        Assert.Empty(await _edges.ApartAsync(carol, Ct));
    }

    [Fact]
    public async Task ApplyAsync_BothBlockAndOneEndsIt_StayApart()
    {
        var (alice, bob) = (slice.NewUser(), slice.NewUser());
        await _edges.ApplyAsync(new UserBlocked(bob, alice, Version: 2, BlockedVersion: 2), Ct);
        await _edges.ApplyAsync(new UserBlocked(alice, bob, Version: 3, BlockedVersion: 3), Ct);

        await _edges.ApplyAsync(new UserUnblocked(bob, alice, Version: 4, BlockedVersion: 4), Ct);

        Assert.Equal([alice], await _edges.ApartAsync(bob, Ct));
        Assert.Equal([bob], await _edges.ApartAsync(alice, Ct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Invariant", "18")]
    public async Task ApplyAsync_ReversedAndTwice_TheNewestStands(bool ended)
    {
        var (alice, bob) = (slice.NewUser(), slice.NewUser());
        var block = new UserBlocked(bob, alice, Version: ended ? 5 : 6, BlockedVersion: 1);
        var unblock = new UserUnblocked(bob, alice, Version: ended ? 6 : 5, BlockedVersion: 1);

        for (var time = 0; time < 2; time++)
        {
            if (ended) await _edges.ApplyAsync(unblock, Ct);
            await _edges.ApplyAsync(block, Ct);
            if (!ended) await _edges.ApplyAsync(unblock, Ct);
        }

        Assert.Equal(ended ? [] : [alice], await _edges.ApartAsync(bob, Ct));
    }
}
