using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Refilling;

namespace Pulse.Timelines.Tests.Refilling;

/// <summary>Pages of an owner and events of blocks meet in any order, and per block the greater version of the blocker's graph wins.</summary>
[Trait("Invariant", "15")]
[Trait("Invariant", "18")]
public sealed class BlockRefillTests(TimelineSlice slice)
{
    // The page was read at this version of the blocker's graph.
    private const long Page = 10;

    private readonly BlockEdges _edges = new(slice.Database);
    private readonly BlockRefill _refill = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The event is older than the page, of its very version, or newer; and comes before or after it, or both.</summary>
    [Theory]
    [InlineData(9, false)]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    [InlineData(11, true)]
    public async Task ApplyAsync_BesideABlock_EveryOrderEndsAlike(long version, bool isInPage)
    {
        foreach (var order in (string[])["EP", "PE", "EPE", "PEP"])
        {
            var (blocker, blocked) = (slice.NewUser(), slice.NewUser());
            await RunAsync(order, Graph(blocker, isInPage ? [blocked] : []), () => _edges.ApplyAsync(new UserBlocked(blocker, blocked, version, BlockedVersion: 99), Ct));

            var stands = version > Page || isInPage;
            // A page that does not have the block leaves a tombstone only where a row stands; what comes first after it is the last word (decision 9).
            if (version <= Page && !isInPage && order == "PE") stands = true;
            Assert.True(stands == (await _edges.ApartAsync(blocker, Ct)).Contains(blocked), $"{order}, block of version {version}");
        }
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(11, false)]
    [InlineData(11, true)]
    public async Task ApplyAsync_BesideAnUnblock_EveryOrderEndsAlike(long version, bool isInPage)
    {
        foreach (var order in (string[])["EP", "PE", "EPE", "PEP"])
        {
            var (blocker, blocked) = (slice.NewUser(), slice.NewUser());
            await _edges.ApplyAsync(new UserBlocked(blocker, blocked, Version: 5, BlockedVersion: 99), Ct);
            await RunAsync(order, Graph(blocker, isInPage ? [blocked] : []), () => _edges.ApplyAsync(new UserUnblocked(blocker, blocked, version, BlockedVersion: 99), Ct));

            var stands = version <= Page && isInPage;
            Assert.True(stands == (await _edges.ApartAsync(blocker, Ct)).Contains(blocked), $"{order}, unblock of version {version}");
        }
    }

    /// <summary>The blocked user's graph knows nothing of blocks that others make, whatever its version.</summary>
    [Fact]
    public async Task ApplyAsync_GraphOfTheBlocked_LeavesTheBlock()
    {
        var (blocker, blocked) = (slice.NewUser(), slice.NewUser());
        await _edges.ApplyAsync(new UserBlocked(blocker, blocked, Version: 2, BlockedVersion: 50), Ct);

        await _refill.ApplyAsync([new UserGraph(blocked, 60, [], [])], Ct);

        Assert.Equal([blocker], await _edges.ApartAsync(blocked, Ct));
    }

    [Fact]
    public async Task ApplyAsync_ManyUsersOfOnePage_EachKeepsHisOwn()
    {
        UserId[] users = [.. Enumerable.Range(0, 4).Select(_ => slice.NewUser())];
        await _edges.ApplyAsync(new UserBlocked(users[2], users[0], Version: 3, BlockedVersion: 1), Ct);
        await _edges.ApplyAsync(new UserBlocked(users[3], users[0], Version: 3, BlockedVersion: 1), Ct);

        // The third tells that he blocks nobody, the fourth, of an old version, tells nothing.
        await _refill.ApplyAsync(
            [Graph(users[0], [users[1]]), Graph(users[1], [users[0], users[2]]), Graph(users[2], []), new UserGraph(users[3], Page, [])], Ct);

        Assert.Equal([users[1], users[3]], (await _edges.ApartAsync(users[0], Ct)).Order());
        Assert.Equal([users[1]], await _edges.ApartAsync(users[2], Ct));
    }

    private static UserGraph Graph(UserId blocker, UserId[] blocked) => new(blocker, Page, [], blocked);

    private async Task RunAsync(string order, UserGraph page, Func<Task> applyEvent)
    {
        foreach (var step in order) await (step == 'E' ? applyEvent() : _refill.ApplyAsync([page], Ct));
    }
}
