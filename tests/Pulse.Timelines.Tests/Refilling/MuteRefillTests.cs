using Pulse.Contracts.Events;
using Pulse.Contracts.Ids;
using Pulse.Contracts.Internal;
using Pulse.Timelines.Graph;
using Pulse.Timelines.Refilling;

namespace Pulse.Timelines.Tests.Refilling;

/// <summary>Pages of an owner and events of mutes meet in any order, and per mute the greater version of the muter's graph wins.</summary>
[Trait("Invariant", "15")]
[Trait("Invariant", "18")]
public sealed class MuteRefillTests(TimelineSlice slice)
{
    // The page was read at this version of the muter's graph.
    private const long Page = 10;

    private static readonly DateTimeOffset Until = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly MuteEdges _edges = new(slice.Database);
    private readonly MuteRefill _refill = new(slice.Database);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The event is older than the page, of its very version, or newer; and comes before or after it, or both.</summary>
    [Theory]
    [InlineData(9, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    [InlineData(11, true)]
    public async Task ApplyAsync_BesideAMute_EveryOrderEndsAlike(long version, bool isInPage)
    {
        foreach (var order in (string[])["EP", "PE", "EPE", "PEP"])
        {
            var (muter, muted) = (slice.NewUser(), slice.NewUser());
            // Of one version there is one statement.
            var inPage = version == Page ? new Mute(muted) : new Mute(muted, Until, RepostsOnly: true);
            await RunAsync(order, Graph(muter, isInPage ? [inPage] : []), () => _edges.ApplyAsync(new UserMuted(muter, muted, version), Ct));

            Assert.True(
                new[] { version > Page ? new Mute(muted) : inPage }.SequenceEqual(await _edges.MutesAsync(muter, Ct)), $"{order}, mute of version {version}");
        }
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(11, false)]
    [InlineData(11, true)]
    public async Task ApplyAsync_BesideAnUnmute_EveryOrderEndsAlike(long version, bool isInPage)
    {
        foreach (var order in (string[])["EP", "PE", "EPE", "PEP"])
        {
            var (muter, muted) = (slice.NewUser(), slice.NewUser());
            await _edges.ApplyAsync(new UserMuted(muter, muted, Version: 5), Ct);
            await RunAsync(order, Graph(muter, isInPage ? [new Mute(muted, Until)] : []), () => _edges.ApplyAsync(new UserUnmuted(muter, muted, version), Ct));

            Assert.True(
                (version <= Page && isInPage ? new[] { new Mute(muted, Until) } : []).SequenceEqual(await _edges.MutesAsync(muter, Ct)), $"{order}, unmute of version {version}");
        }
    }

    [Fact]
    public async Task ApplyAsync_ManyUsersOfOnePage_EachKeepsHisOwn()
    {
        UserId[] users = [.. Enumerable.Range(0, 4).Select(_ => slice.NewUser())];
        await _edges.ApplyAsync(new UserMuted(users[2], users[0], Version: 3), Ct);
        await _edges.ApplyAsync(new UserMuted(users[3], users[0], Version: 3), Ct);

        // The third tells that he mutes nobody, the fourth, of an old version, tells nothing.
        await _refill.ApplyAsync(
            [Graph(users[0], [new Mute(users[1])]), Graph(users[1], [new Mute(users[0], Until), new Mute(users[2])]), Graph(users[2], []), new UserGraph(users[3], Page, [], [])], Ct);

        Assert.Equal([new Mute(users[1])], await _edges.MutesAsync(users[0], Ct));
        Assert.Equal([new Mute(users[0], Until), new Mute(users[2])], await _edges.MutesAsync(users[1], Ct));
        Assert.Empty(await _edges.MutesAsync(users[2], Ct));
        Assert.Equal([new Mute(users[0])], await _edges.MutesAsync(users[3], Ct));
    }

    private static UserGraph Graph(UserId muter, Mute[] mutes) => new(muter, Page, [], [], mutes);

    private async Task RunAsync(string order, UserGraph page, Func<Task> applyEvent)
    {
        foreach (var step in order) await (step == 'E' ? applyEvent() : _refill.ApplyAsync([page], Ct));
    }
}
